"""Faces, whose they are and might be, and what libraries agreed to.

What a record says of its faces (boxes, vectors) is projected here; whose they are is decided here, and told to the
records, so that search and delivery need no SQL.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from ulid import ULID

MAX_NAME_LENGTH = 200


def new_person_id() -> str:
    return str(ULID())


class Person(models.Model):
    """Somebody in the photos of one library. The id is the user's in the library's collection of vectors, too."""

    class VectorState(models.TextChoices):
        NONE = "", "No vector"
        UPDATING = "updating", "Updating"
        READY = "ready", "Ready"

    id = models.CharField("person", primary_key=True, max_length=26, default=new_person_id, editable=False)
    library = models.CharField(max_length=150)
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    folded_name = models.CharField(max_length=MAX_NAME_LENGTH, editable=False)
    feature = models.ForeignKey("Face", models.SET_NULL, null=True, blank=True, related_name="+")
    is_hidden = models.BooleanField("hidden", default=False)
    face_count = models.PositiveIntegerField("faces", default=0)
    vector_state = models.CharField(max_length=10, choices=VectorState, default=VectorState.NONE, blank=True)
    # An alias after a merge: the id goes on leading to whom it became, until the merge cannot be undone any more.
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="aliases")
    is_leaving = models.BooleanField(default=False)  # is being forgotten: nothing may be added any more
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "people"
        ordering = ["-face_count", "id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["library", "merged_into", "-face_count"], name="person_by_faces"),
            models.Index(fields=["library", "folded_name"], name="person_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class FaceQuerySet(models.QuerySet["Face"]):
    def shown(self) -> Self:
        """Without those in photos that their owner has put into the trash, who are listed and counted nowhere."""
        return self.filter(in_trash=False)


class Face(models.Model):
    """One face in one image, `{image_id}-{number}`; box and vector are the record's."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", "Unknown"
        SUGGESTED = "suggested", "Suggested"
        NAMED = "named", "Named"
        HIDDEN = "hidden", "Bystander"

    WAITING: ClassVar = (State.UNKNOWN, State.SUGGESTED)

    face_id = models.CharField("face", primary_key=True, max_length=40)
    image_id = models.CharField("image", max_length=26, db_index=True)
    library = models.CharField(max_length=150)
    revision = models.PositiveBigIntegerField(default=0)  # of the record that box and vector are from
    left = models.FloatField()
    top = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()
    confidence = models.FloatField()
    quality = models.FloatField(default=0)  # confidence, less for faces of few pixels
    vector = models.CharField(max_length=36, blank=True, db_index=True)
    in_trash = models.BooleanField(default=False)

    state = models.CharField(max_length=10, choices=State, default=State.UNKNOWN)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="faces")
    is_automatic = models.BooleanField("named by the machine", default=False)
    named_by = models.CharField(max_length=26, blank=True)
    named_at = models.DateTimeField(null=True, blank=True)
    doubt = models.FloatField(null=True, blank=True)  # of the best suggestion: how far it is from the threshold
    cluster = models.CharField(max_length=26, blank=True)  # of unknown faces that look alike
    associated_to = models.CharField(max_length=26, blank=True)  # the user vector that this one is part of

    # Who is being asked about it, as with cases (services/leases.py): two reviewers are not asked the same.
    leased_by = models.CharField(max_length=26, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = FaceQuerySet.as_manager()

    class Meta:
        ordering = ["-image_id", "face_id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["person", "-image_id"], name="face_by_person"),
            models.Index(fields=["person", "-quality"], name="face_by_quality"),
            models.Index(fields=["library", "state", "doubt"], name="face_by_doubt"),
            models.Index(fields=["library", "state", "cluster"], name="face_by_cluster"),
            models.Index(fields=["associated_to"], name="face_by_user_vector"),
        ]

    def __str__(self) -> str:
        return self.face_id


class Suggestion(models.Model):
    """Somebody whose face this may be."""

    face = models.ForeignKey(Face, models.CASCADE, related_name="suggestions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="suggestions")
    similarity = models.FloatField()

    class Meta:
        ordering = ["-similarity"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["face", "person"], name="one_suggestion_a_person")]

    def __str__(self) -> str:
        return f"{self.face_id}: {self.similarity:.0f} %"


class WrongPair(models.Model):
    """Somebody said that this is not that person: it is never suggested again."""

    face = models.ForeignKey(Face, models.CASCADE, related_name="wrong_pairs")
    person = models.ForeignKey(Person, models.CASCADE, related_name="wrong_pairs")
    by = models.CharField(max_length=26)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["face", "person"], name="one_wrong_pair")]

    def __str__(self) -> str:
        return f"{self.face_id} is not {self.person_id}"


class FaceAct(models.Model):
    """What somebody did to faces or people, with what it takes to undo it; kept for DAYS days."""

    DAYS = 30

    library = models.CharField(max_length=150)
    by = models.CharField(max_length=26)
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=20)
    details = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["by", "at"], name="face_act_by_person")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"


class ConsentEntry(models.Model):
    """A consent given or revoked; what is in force is an item in DynamoDB (media_pipeline/faces/consents.py)."""

    library = models.CharField(max_length=150)
    by = models.CharField(max_length=26)
    at = models.DateTimeField()
    is_given = models.BooleanField()
    version = models.CharField(max_length=20)
    collection = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "consents"
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["library", "-at"], name="consent_by_library")]

    def __str__(self) -> str:
        return f"{self.library} {'given' if self.is_given else 'revoked'} {self.at:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """One job of forgetting. Once it is done it is the tombstone: only a keyed hash of its subject is left."""

    class Kind(models.TextChoices):
        PERSON = "person", "A person"
        CONSENT = "consent", "All faces of a library"
        IMAGE = "image", "An image"
        ACCOUNT = "account", "An account"

    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=150, blank=True)
    subject_hash = models.CharField(max_length=64, db_index=True)
    library = models.CharField(max_length=150, blank=True)
    details = models.JSONField(default=dict, blank=True)  # what the steps need; emptied at the end
    steps_done = models.JSONField(default=list, blank=True)
    removed = models.JSONField(default=dict, blank=True)  # how much of what; what was left, and why, under "kept"
    asked_by = models.CharField(max_length=26)
    asked_at = models.DateTimeField(auto_now_add=True)
    worked_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        default_permissions = ()
        indexes = [models.Index(fields=["finished_at", "worked_at"], name="erasure_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.asked_at:%Y-%m-%d %H:%M}"
