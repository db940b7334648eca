"""Who may do what: every address with its method, and every field of the GraphQL API.

A cell is what that caller is answered: a status, or `login` for being sent there to sign in first. 422
is a form that was reached and sent back empty. `nobody` is not signed in, `program` has a key with every
scope (for GraphQL alone), and the `stranger`, the owner of another supplier, is asked about our ids;
`-` where an address has none, as they are then the owner of their own.
"""

ROUTES = """
                                                nobody program viewer member admin owner stranger
GET     /                                          200     200    200    200   200   200        -
GET     /account                                 login   login    200    200   200   200        -
POST    /account                                 login   login    303    303   303   303        -
GET     /account-mail                              200     200    200    200   200   200        -
GET     /account/businesses                      login   login    200    200   200   200        -
POST    /account/businesses/<supplier_id>        login   login    303    303   303   303      404
POST    /account/notices                         login   login    303    303   303   303        -
GET     /account/password                        login   login    200    200   200   200        -
POST    /account/password                        login   login    422    422   422   422        -
GET     /account/recovery-codes                  login   login    200    200   200   200        -
POST    /account/recovery-codes                  login   login    200    200   200   200        -
GET     /account/second-factor                   login   login    200    200   200   200        -
POST    /account/second-factor                   login   login    422    422   422   422        -
POST    /account/second-factor/<token>           login   login    302    302   302   302        -
GET     /account/sessions                        login   login    200    200   200   200        -
POST    /account/sessions/<session_id>/revoke    login   login    303    303   303   303      404
POST    /account/sessions/revoke-all             login   login    303    303   303   303        -
POST    /api/conversions/<conversion_id>/cancel    401     200    403    200   200   200      404
GET     /api/docs                                  200     200    200    200   200   200        -
POST    /api/lead-merges/<merge_id>/undo           401     200    403    200   200   200      404
GET     /api/leads                                 401     200    200    200   200   200        -
POST    /api/leads                                 401     201    403    201   201   201        -
GET     /api/leads/<lead_id>                       401     200    200    200   200   200      404
DELETE  /api/leads/<lead_id>                       401     204    403    403   204   204      404
PATCH   /api/leads/<lead_id>                       401     200    403    200   200   200      404
PUT     /api/leads/<lead_id>                       401     200    403    200   200   200      404
POST    /api/leads/<lead_id>/convert               401     201    403    201   201   201      404
GET     /api/leads/<lead_id>/interactions          401     200    200    200   200   200      404
POST    /api/leads/<lead_id>/interactions          401     201    403    201   201   201      404
POST    /api/leads/<lead_id>/merge                 401     200    403    200   200   200      404
GET     /api/leads/<lead_id>/tasks                 401     200    200    200   200   200      404
POST    /api/leads/<lead_id>/tasks                 401     201    403    201   201   201      404
GET     /api/leads/analytics                       401     200    200    200   200   200        -
POST    /api/leads/bulk                            401     200    403    200   200   200        -
GET     /api/openapi.json                          200     200    200    200   200   200        -
GET     /api/saved-views                           401     200    200    200   200   200        -
POST    /api/saved-views                           401     201    403    201   201   201        -
DELETE  /api/saved-views/<view_id>                 401     204    403    204   204   204      404
GET     /api/saved-views/<view_id>                 401     200    200    200   200   200      404
PUT     /api/saved-views/<view_id>                 401     200    403    200   200   200      404
GET     /api/tasks                                 401     200    200    200   200   200        -
DELETE  /api/tasks/<task_id>                       401     204    403    204   204   204      404
PATCH   /api/tasks/<task_id>                       401     200    403    200   200   200      404
GET     /calendar                                login   login    200    200   200   200        -
GET     /calendar/<calendar_key>.ics               200     200    200    200   200   200        -
POST    /calendar/blocks                         login   login    403    303   303   303        -
POST    /calendar/blocks/<entry_id>/delete       login   login    403    303   303   303      404
POST    /calendar/holds/<lead_id>                login   login    403    303   303   303      404
POST    /calendar/holds/<lead_id>/release        login   login    403    303   303   303      404
GET     /demo-site/                                200     200    200    200   200   200        -
GET     /demo-site/contact                         200     200    200    200   200   200        -
GET     /f/<form_key>                              200     200    200    200   200   200        -
POST    /f/<form_key>                              303     303    303    303   303   303        -
OPTIONS /f/<form_key>/config                       204     204    204    204   204   204        -
GET     /f/<form_key>/config                       200     200    200    200   200   200        -
OPTIONS /f/<form_key>/inquiries                    204     204    204    204   204   204        -
POST    /f/<form_key>/inquiries                    201     201    201    201   201   201        -
GET     /f/<form_key>/thanks                       200     200    200    200   200   200        -
GET     /graphql                                   401     200    403    403   403   403        -
POST    /graphql                                   401     200    200    200   200   200        -
GET     /healthz                                   200     200    200    200   200   200        -
GET     /inquiries                               login   login    200    200   200   200        -
POST    /inquiries/<inquiry_id>/restore          login   login    403    303   303   303      404
GET     /invitation/<token>                        200     200    200    200   200   200        -
POST    /invitation/<token>                        303     303    303    303   303   303        -
GET     /leads                                   login   login    200    200   200   200        -
GET     /leads/<lead_id>                         login   login    200    200   200   200      404
POST    /leads/<lead_id>/automation              login   login    403    303   303   303      404
GET     /leads/<lead_id>/change/<field>          login   login    403    200   200   200      404
POST    /leads/<lead_id>/change/<field>          login   login    403    303   303   303      404
GET     /leads/<lead_id>/convert                 login   login    403    200   200   200      404
POST    /leads/<lead_id>/convert                 login   login    403    303   303   303      404
GET     /leads/<lead_id>/delete                  login   login    403    403   200   200      404
POST    /leads/<lead_id>/delete                  login   login    403    403   303   303      404
POST    /leads/<lead_id>/details                 login   login    403    303   303   303      404
POST    /leads/<lead_id>/entries                 login   login    403    303   303   303      404
POST    /leads/<lead_id>/handling                login   login    403    303   303   303      404
GET     /leads/<lead_id>/merge/<other_id>        login   login    403    200   200   200      404
POST    /leads/<lead_id>/merge/<other_id>        login   login    403    303   303   303      404
POST    /leads/<lead_id>/sequences               login   login    403    303   303   303      404
POST    /leads/<lead_id>/status                  login   login    403    303   303   303      404
POST    /leads/<lead_id>/tags                    login   login    403    303   303   303      404
POST    /leads/bulk                              login   login    403    200   200   200        -
POST    /leads/conversions/<conversion_id>/cancel login   login    403    303   303   303      404
POST    /leads/merges/<merge_id>/undo            login   login    403    303   303   303      404
POST    /leads/tasks/<task_id>                   login   login    403    303   303   303      404
POST    /leads/tasks/<task_id>/delete            login   login    403    303   303   303      404
POST    /leads/tasks/<task_id>/done              login   login    403    303   303   303      404
GET     /leads/new                               login   login    403    200   200   200        -
POST    /leads/new                               login   login    403    303   303   303        -
GET     /leads/views                             login   login    200    200   200   200        -
POST    /leads/views                             login   login    303    303   303   303        -
GET     /leads/views/<view_id>                   login   login    200    200   200   200      404
POST    /leads/views/<view_id>                   login   login    303    303   303   303      404
POST    /leads/views/<view_id>/delete            login   login    303    303   303   303      404
GET     /login                                     200     200    302    302   302   302        -
POST    /login                                     422     422    302    302   302   302        -
GET     /login/again                             login   login    200    200   200   200        -
POST    /login/again                             login   login    422    422   422   422        -
GET     /login/code                              login   login    302    302   302   302        -
POST    /login/code                              login   login    302    302   302   302        -
GET     /login/recovery                          login   login    302    302   302   302        -
POST    /login/recovery                          login   login    302    302   302   302        -
GET     /login/rescue                            login   login    302    302   302   302        -
POST    /login/rescue                            login   login    302    302   302   302        -
POST    /logout                                  login   login  login  login login login        -
GET     /metrics                                   200     200    200    200   200   200        -
GET     /outbox                                  login   login    200    200   200   200        -
GET     /outbox/<message_id>                     login   login    200    200   200   200      404
GET     /outbox/<message_id>/html                login   login    200    200   200   200      404
POST    /outbox/<message_id>/settle              login   login    403    303   303   303      404
GET     /readyz                                    200     200    200    200   200   200        -
GET     /reset                                     200     200    200    200   200   200        -
POST    /reset                                     200     200    200    200   200   200        -
GET     /reset/<token>                             302     302    302    302   302   302        -
POST    /reset/<token>                             302     302    302    302   302   302        -
GET     /scoring                                 login   login    200    200   200   200        -
POST    /scoring/booking-chance                  login   login    403    403   303   303        -
GET     /scoring/groups/<group_id>               login   login    403    403   200   200      404
POST    /scoring/groups/<group_id>               login   login    403    403   303   303      404
GET     /scoring/groups/<group_id>/delete        login   login    403    403   200   200      404
POST    /scoring/groups/<group_id>/delete        login   login    403    403   303   303      404
GET     /scoring/groups/new                      login   login    403    403   200   200        -
POST    /scoring/groups/new                      login   login    403    403   303   303        -
GET     /scoring/insight                         login   login    200    200   200   200        -
GET     /scoring/ready-made                      login   login    200    200   200   200        -
GET     /scoring/ready-made/<trade>              login   login    403    403   200   200        -
POST    /scoring/ready-made/<trade>              login   login    403    403   303   303        -
GET     /scoring/rescoring                       login   login    302    302   302   302        -
POST    /scoring/rescoring                       login   login    403    403   303   303        -
GET     /scoring/rules/<rule_id>                 login   login    403    403   200   200      404
POST    /scoring/rules/<rule_id>                 login   login    403    403   303   303      404
GET     /scoring/rules/<rule_id>/delete          login   login    403    403   200   200      404
POST    /scoring/rules/<rule_id>/delete          login   login    403    403   303   303      404
POST    /scoring/rules/<rule_id>/move            login   login    403    403   303   303      404
POST    /scoring/rules/<rule_id>/switch          login   login    403    403   303   303      404
GET     /scoring/rules/criteria                  login   login    403    403   200   200        -
GET     /scoring/rules/new                       login   login    403    403   200   200        -
POST    /scoring/rules/new                       login   login    403    403   303   303        -
POST    /scoring/rules/order                     login   login    403    403   303   303        -
GET     /scoring/versions                        login   login    200    200   200   200        -
GET     /scoring/versions/<number>               login   login    200    200   200   200        -
POST    /scoring/versions/<number>/restore       login   login    403    403   303   303        -
GET     /search                                  login   login    302    302   302   302        -
GET     /settings                                login   login    302    302   200   200        -
POST    /settings                                login   login    403    403   303   303        -
GET     /settings/api-keys                       login   login    403    403   200   200        -
POST    /settings/api-keys                       login   login    403    403   201   201        -
POST    /settings/api-keys/<key_id>/revoke       login   login    403    403   303   303      404
GET     /settings/calendar                       login   login    200    200   200   200        -
POST    /settings/calendar                       login   login    303    303   303   303        -
POST    /settings/calendar/revoke                login   login    303    303   303   303        -
GET     /settings/inquiry-form                   login   login    403    403   200   200        -
POST    /settings/inquiry-form                   login   login    403    403   303   303        -
GET     /settings/team                           login   login    200    200   200   200        -
GET     /settings/team/<user_id>                 login   login    200    200   200   200      404
POST    /settings/team/<user_id>/availability    login   login    403    403   303   303      404
POST    /settings/team/<user_id>/deactivate      login   login    403    403   303   303      404
POST    /settings/team/<user_id>/reactivate      login   login    403    403   303   303      404
POST    /settings/team/<user_id>/role            login   login    403    403   303   303      404
POST    /settings/team/invitations               login   login    403    403   303   303        -
POST    /settings/team/teams                     login   login    403    403   303   303        -
GET     /settings/teams/<team_id>                login   login    403    403   200   200      404
POST    /settings/teams/<team_id>                login   login    403    403   303   303      404
POST    /settings/teams/<team_id>/delete         login   login    403    403   303   303      404
GET     /sign-up                                   200     200    302    302   302   302        -
POST    /sign-up                                   303     303    302    302   302   302        -
GET     /static/<filename>                         200     200    200    200   200   200        -
GET     /tasks                                   login   login    200    200   200   200        -
GET     /tasks/<task_id>                         login   login    403    200   200   200      404
POST    /tasks/<task_id>                         login   login    403    303   303   303      404
POST    /tasks/<task_id>/complete                login   login    403    303   303   303      404
POST    /tasks/<task_id>/delete                  login   login    403    303   303   303      404
POST    /tasks/<task_id>/reopen                  login   login    403    303   303   303      404
POST    /tasks/<task_id>/snooze                  login   login    403    303   303   303      404
GET     /tasks/for/<lead_id>                     login   login    403    200   200   200      404
POST    /tasks/for/<lead_id>                     login   login    403    303   303   303      404
GET     /tasks/new                               login   login    403    200   200   200        -
GET     /tf-select                               login   login  login  login login login        -
POST    /tf-select                               login   login  login  login login login        -
GET     /unsubscribe/<token>                       200     200    200    200   200   200        -
POST    /unsubscribe/<token>                       200     200    200    200   200   200        -
GET     /widget.js                                 200     200    200    200   200   200        -
"""

FIELDS = """
                            nobody key:manage_keys key:read key:write_leads viewer member admin owner
Query.analytics                401             403      yes             403    yes    yes   yes   yes
Query.lead                     401             403      yes             403    yes    yes   yes   yes
Query.leadSources              401             403      yes             403    yes    yes   yes   yes
Query.leads                    401             403      yes             403    yes    yes   yes   yes
Query.nurtureSequences         401             403      yes             403    yes    yes   yes   yes
Query.savedViews               401             403      yes             403    yes    yes   yes   yes
Query.scoringRules             401             403      yes             403    yes    yes   yes   yes
Query.supplier                 401             403      yes             403    yes    yes   yes   yes
Query.task                     401             403      yes             403    yes    yes   yes   yes
Query.tasks                    401             403      yes             403    yes    yes   yes   yes
Query.viewer                   401             yes      yes             yes    yes    yes   yes   yes
Mutation.addInteraction        401             403      403             yes    403    yes   yes   yes
Mutation.assignLead            401             403      403             yes    403    yes   yes   yes
Mutation.bulkUpdateLeads       401             403      403             yes    403    yes   yes   yes
Mutation.cancelConversion      401             403      403             yes    403    yes   yes   yes
Mutation.changeLeadStatus      401             403      403             yes    403    yes   yes   yes
Mutation.completeTask          401             403      403             yes    403    yes   yes   yes
Mutation.convertLead           401             403      403             yes    403    yes   yes   yes
Mutation.createLead            401             403      403             yes    403    yes   yes   yes
Mutation.createSavedView       401             403      403             yes    403    yes   yes   yes
Mutation.createTask            401             403      403             yes    403    yes   yes   yes
Mutation.deleteLead            401             403      403             403    403    403   yes   yes
Mutation.deleteSavedView       401             403      403             403    403    yes   yes   yes
Mutation.deleteTask            401             403      403             yes    403    yes   yes   yes
Mutation.enrollLead            401             403      403             yes    403    yes   yes   yes
Mutation.mergeLeads            401             403      403             yes    403    yes   yes   yes
Mutation.reopenTask            401             403      403             yes    403    yes   yes   yes
Mutation.sendReply             401             403      403             yes    403    yes   yes   yes
Mutation.tagLead               401             403      403             yes    403    yes   yes   yes
Mutation.undoMerge             401             403      403             yes    403    yes   yes   yes
Mutation.updateLead            401             403      403             yes    403    yes   yes   yes
Mutation.updateSavedView       401             403      403             403    403    yes   yes   yes
Mutation.updateTask            401             403      403             yes    403    yes   yes   yes
"""
"""`yes` is data without an error; 401 and 403 are the errors of these statuses. Which rows a stranger
is shown, `test_foreign_ids` asks."""

Row = dict[str, str]


def read(table: str, names: int) -> dict[str, Row]:
    """The rows by their first `names` words, each as what every caller is answered."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    return {" ".join(words[:names]): dict(zip(head, words[names:], strict=True)) for words in lines}
