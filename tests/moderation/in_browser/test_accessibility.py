"""No finding of axe-core on any page of the console, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse

from media_pipeline.review import acts
from moderation.console.site import LINKS
from moderation.models import ContentPolicy, Face, Person, ReviewCase
from tests.support import photos_with_faces
from tests.support.accessibility import findings, views
from tests.support.browser import IN_BROWSER
from tests.support.cases import WEAPONS, waiting_image
from tests.support.moderators import People

pytestmark = IN_BROWSER
Console = Callable[..., Any]
EVERY_ROLE = ("lead", "appeals", "child-safety", "face reviewer", "privacy officer")
LISTS_AND_FORMS = (
    "index",
    "moderation_contentpolicy_add",
    "moderation_user_changelist",
    "moderation_user_add",
    "moderation_webhookendpoint_changelist",
    "moderation_webhookendpoint_add",
    "moderation_webhookdelivery_changelist",
)


@pytest.fixture
def page(console: Console, people: People) -> Iterator[Any]:
    """Signed in as somebody who may open everything, with something to see on every page."""
    for labels in (WEAPONS, WEAPONS, (("Alcohol", "", 1, 84.0), ("Smoking", "", 1, 41.0))):
        waiting_image(picture=True, labels=labels)
    acts.hold(waiting_image(), because="seen", by="somebody")
    known = [photos_with_faces.person(name) for name in ("Ana", "Bea", "ana")]
    photos_with_faces.suspect(photos_with_faces.photo(2)[0], known)
    photos_with_faces.cluster(3)
    ReviewCase.objects.update(group=ReviewCase.objects.values_list("pk", flat=True)[0])
    user = people.user(*EVERY_ROLE, name="everybody")
    user.is_superuser = True
    user.save()
    return console(name="everybody")


def objections(page: Any, address: str, complaints: list[str]) -> list[str]:
    page.goto(page.site + address)
    page.wait_for_load_state("networkidle")
    found = [f"{address}: {complaint}" for complaint in complaints]
    found += [f"{address}, {view}: {finding}" for view in views(page) for finding in findings(page)]
    complaints.clear()  # axe-core measures with style attributes, of which the browser complains as it should
    return found


def test_every_page_of_the_console(page: Any, complaints: list[str]) -> None:
    addresses = [reverse(f"admin:{name}") for name in (*LISTS_AND_FORMS, *(name for _, name, _ in LINKS))]
    case, policy = ReviewCase.objects.first(), ContentPolicy.objects.first()
    person, group = Person.objects.first(), Face.objects.exclude(cluster="").first()
    assert case
    assert policy
    assert person
    assert group
    addresses += [
        reverse("admin:moderation_reviewcase_change", args=[case.pk]),
        reverse("admin:moderation_contentpolicy_change", args=[policy.pk]),
        reverse("admin:review") + "?view=sampled",
        reverse("admin:face_groups"),
        reverse("admin:face_group", args=[group.cluster]),
        reverse("admin:people"),
        reverse("admin:person", args=[person.pk]),
        reverse("admin:privacy") + f"?kind=person&subject={person.pk}",
    ]
    found = [finding for address in addresses for finding in objections(page, address, complaints)]
    assert not found, "\n".join(found)


def test_what_opens_over_the_review_page(page: Any) -> None:
    page.goto(page.site + reverse("admin:review"))
    page.locator(".strip .now").wait_for()
    found = []
    for key in "r?en":
        page.keyboard.press(key)
        found += [f"{key}, {view}: {finding}" for view in views(page) for finding in findings(page)]
        page.keyboard.press("Escape")
    assert not found, "\n".join(found)


def test_what_opens_over_the_page_of_faces(page: Any) -> None:
    page.goto(page.site + reverse("admin:faces"))
    page.locator(".candidates").wait_for()
    found = []
    for key in "?nb":
        page.keyboard.press(key)
        if key == "n":
            page.keyboard.type("a")
            page.locator(".names button").first.wait_for()
        if key == "b":
            page.locator("#boxes button").first.wait_for()
        found += [f"{key}, {view}: {finding}" for view in views(page) for finding in findings(page)]
        page.keyboard.press("Escape")
    assert not found, "\n".join(found)


def test_the_question_before_a_bulk_action(page: Any) -> None:
    page.goto(page.site + reverse("admin:moderation_reviewcase_changelist"))
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option("remove")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Remove").wait_for()
    found = [f"{view}: {finding}" for view in views(page) for finding in findings(page)]
    assert not found, "\n".join(found)
