"""{% crop face pictures %}: a face cut out of the whole picture by a viewport. No cut-out is stored anywhere."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from moderation.models import Face
from moderation.services.people.pictures import Picture

register = template.Library()


@register.simple_tag
def crop(face: Face | None, pictures: Mapping[str, Picture], label: str = "") -> SafeString:
    """A square with the face in its middle; an empty one when the picture may not be seen. `label` is its alt text.

    `pictures` by image id, as face_pictures.of gives them.
    """
    picture = pictures.get(face.image_id) if face else None
    if face is None or picture is None or not picture.url:
        return format_html(
            '<svg class="crop" viewBox="0 0 1 1" role="img" aria-label="{}"></svg>', label or "No picture"
        )
    left, top, side = picture.window(face)
    return format_html(
        '<svg class="crop" viewBox="{} {} {} {}" {}><image href="{}" width="{}" height="{}"/></svg>',
        *(f"{length:.1f}" for length in (left, top, side, side)),
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        picture.url,
        picture.width,
        picture.height,
    )
