"""The inputs of mutations: the features' own models, under the names of the API."""

import re

import strawberry
from pydantic import BaseModel
from strawberry.utils.str_converters import to_camel_case

from app.conversions.schemas import ConvertLead
from app.leads.schemas import (
    Assignment,
    InteractionCreate,
    LeadCreate,
    LeadUpdate,
    ReplyCreate,
    StatusMove,
    TagChange,
    TaskCreate,
    TaskUpdate,
)
from app.messaging.branding import BrandingPatch
from app.messaging.senders.domains import DomainWrite
from app.messaging.suppression_list import SuppressionCreate, SuppressionRemoval
from app.messaging.templates.schemas import (
    EmailTemplatePatch,
    EmailTemplateWrite,
    SmsTemplatePatch,
    SmsTemplateWrite,
    TaskTemplatePatch,
    TaskTemplateWrite,
)
from app.nurture.authoring.schemas import (
    SequenceCopy,
    SequenceCreate,
    SequencePatch,
    StepOrder,
    StepPatch,
    StepWrite,
    VariantWrite,
)
from app.scoring.schemas import AdjustmentWrite, GroupWrite, RuleOrder, RulePatch, RuleWrite

NAMES: dict[type[BaseModel], str] = {
    LeadCreate: "LeadCreateInput",
    LeadUpdate: "LeadUpdateInput",
    StatusMove: "LeadStatusInput",
    Assignment: "AssignmentInput",
    TagChange: "TagChangeInput",
    InteractionCreate: "InteractionInput",
    ReplyCreate: "ReplyInput",
    TaskCreate: "TaskCreateInput",
    TaskUpdate: "TaskUpdateInput",
    ConvertLead: "ConvertLeadInput",
    AdjustmentWrite: "ScoreAdjustmentInput",
    RuleWrite: "ScoringRuleInput",
    RulePatch: "ScoringRuleUpdateInput",
    RuleOrder: "ScoringRuleOrderInput",
    GroupWrite: "ScoringGroupInput",
    BrandingPatch: "BrandingUpdateInput",
    DomainWrite: "SenderDomainInput",
    SuppressionCreate: "SuppressionInput",
    SuppressionRemoval: "SuppressionRemovalInput",
    VariantWrite: "StepVariantInput",
    StepWrite: "SequenceStepInput",
    StepPatch: "SequenceStepUpdateInput",
    StepOrder: "SequenceStepOrderInput",
    SequenceCreate: "NurtureSequenceInput",
    SequencePatch: "NurtureSequenceUpdateInput",
    SequenceCopy: "NurtureSequenceCopyInput",
    EmailTemplateWrite: "EmailTemplateInput",
    EmailTemplatePatch: "EmailTemplateUpdateInput",
    SmsTemplateWrite: "SmsTemplateInput",
    SmsTemplatePatch: "SmsTemplateUpdateInput",
    TaskTemplateWrite: "TaskTemplateInput",
    TaskTemplatePatch: "TaskTemplateUpdateInput",
}


def _described(model: type[BaseModel]) -> str:
    """The model's docstring, with the fields and models it mentions as the API names them."""
    named = {f"`{known.__name__}`": f"`{name}`" for known, name in NAMES.items()}
    named |= {f"`{field}`": f"`{to_camel_case(field)}`" for known in NAMES for field in known.model_fields}
    words = " ".join((model.__doc__ or "").split())
    return re.sub(r"`\w+`", lambda found: named.get(found[0], found[0]), words)


def declare_inputs() -> None:
    """Make them types of the schema; once, before it is built."""
    for model, name in NAMES.items():
        strawberry.pydantic.input(model, name=name, description=_described(model))
