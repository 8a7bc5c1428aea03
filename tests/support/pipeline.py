"""What the pipeline's function does between the steps of a test of the web, with its role."""

from __future__ import annotations

from django.core.management import call_command

from media_pipeline.images import erasure
from media_pipeline.pipeline import run
from moderation import handlers
from moderation.services.cases import projection, reconciling
from moderation.services.people import drift as face_drift
from moderation.services.people import projection as face_projection
from moderation.services.privacy import jobs
from tests.support.aws import as_role

process_object = as_role("pipeline")(run.process_object)
erase = as_role("pipeline")(erasure.erase)
project = as_role("pipeline")(projection.project)
follow_faces = as_role("pipeline")(face_projection.follow_record)
reconcile = as_role("pipeline")(reconciling.reconcile)
reconcile_faces = as_role("pipeline")(face_drift.reconcile)
go_on = as_role("pipeline")(jobs.go_on)
run_job = as_role("pipeline")(jobs.run)
tidy = as_role("pipeline")(handlers.tidy)
run_command = as_role("pipeline")(call_command)  # as an operator does: zappa manage pipeline
