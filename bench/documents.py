"""The reads that are compared, as each side is asked for them."""

LEAD = """
    id coupleNameBride coupleNameGroom primaryEmail primaryPhone weddingDate weddingVenue weddingLocation
    estimatedGuestCount estimatedBudget budgetRange servicesNeeded additionalNotes leadStatus leadScore
    priorityLevel totalInteractions tags createdAt updatedAt
"""
"""Twenty columns."""
SOURCE = "sourceName slug sourceCategory"
ENTRY = "interactionType interactionSubject interactionContent isSystem occurredAt"
ENROLLMENT = "status enrollmentDate stepsCompleted"
SEQUENCE = "sequenceName sequenceType isActive"

BELOW = f"""
    source {{ {SOURCE} }}
    assignee {{ userId role fullName email }}
    interactions(first: 5) {{ nodes {{ {ENTRY} }} }}
    enrollments(first: 5) {{ {ENROLLMENT} sequence {{ {SEQUENCE} }} }}
"""
GRAPH = f"query Graph {{ leads(first: 50) {{ nodes {{ {LEAD} {BELOW} }} }} }}"
SINGLE = f"query Single($id: UUID!) {{ lead(id: $id) {{ {LEAD} }} }}"

# PostGraphile's names for the same, with ours as aliases. A key column `id` is its `rowId`.
_LEAD = LEAD.replace(" id ", " id: rowId ")
_BELOW = f"""
    source: leadSourceBySupplierIdAndLeadSourceId {{ {SOURCE} }}
    assignee: membershipBySupplierIdAndAssignedToUserId {{
        userId role user: userByUserId {{ fullName email }} }}
    interactions: leadInteractionsBySupplierIdAndLeadId(
        first: 5, orderBy: [OCCURRED_AT_DESC, ROW_ID_DESC]
    ) {{ nodes {{ {ENTRY} }} }}
    enrollments: leadNurtureEnrollmentsBySupplierIdAndLeadId(first: 5) {{
        nodes {{ {ENROLLMENT} sequence: nurtureSequenceBySupplierIdAndSequenceId {{ {SEQUENCE} }} }} }}
"""
POSTGRAPHILE_GRAPH = f"""query Graph {{
    leads: allLeads(first: 50, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {{
        nodes {{ {_LEAD} {_BELOW} }} }} }}"""
POSTGRAPHILE_SINGLE = f"""query Single($supplier: UUID!, $id: UUID!) {{
    lead: leadBySupplierIdAndRowId(supplierId: $supplier, rowId: $id) {{ {_LEAD} }} }}"""
