"""People and their work, in SQL. The images themselves are records in DynamoDB; cases are made from them."""

from __future__ import annotations

from moderation.models.audit import AuditLine
from moderation.models.cases import ChildSafetyCase, ReviewCase
from moderation.models.faces import ConsentEntry, Erasure, Face, FaceAct, Person, Suggestion, WrongPair
from moderation.models.people import User, new_user_id
from moderation.models.policies import ContentPolicy, Thresholds
from moderation.models.runs import PipelineRun
from moderation.models.scores import Score
from moderation.models.statements import Statement
from moderation.models.webhooks import TEST, EventType, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from moderation.models.wellness import ConsoleSettings, Exposure

__all__ = [
    "TEST",
    "AuditLine",
    "ChildSafetyCase",
    "ConsentEntry",
    "ConsoleSettings",
    "ContentPolicy",
    "Erasure",
    "EventType",
    "Exposure",
    "Face",
    "FaceAct",
    "Person",
    "PipelineRun",
    "ReviewCase",
    "Score",
    "Statement",
    "Suggestion",
    "Thresholds",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WrongPair",
    "new_user_id",
]
