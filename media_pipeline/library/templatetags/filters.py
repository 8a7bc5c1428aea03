"""{% address_without filters filter %}: where the cross on a chip leads."""

from __future__ import annotations

from django import template

from media_pipeline.library.filters import Filter, Filters

register = template.Library()


@register.simple_tag
def address_without(filters: Filters, filter_: Filter) -> str:
    return filters.without(filter_.name, filter_.value).address()
