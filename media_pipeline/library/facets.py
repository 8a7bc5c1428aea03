"""The filter column: what the library holds, with how often, and which of it is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from media_pipeline.library import wording
from media_pipeline.library.filters import KINDS, Filter, Filters
from media_pipeline.search import words
from media_pipeline.search.faceting import Facet, Facets


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    shown: str
    count: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of one kind: of months one at a time, of all others as many as one likes."""

    name: str
    title: str
    choices: list[Choice]

    @property
    def is_single(self) -> bool:
        return self.name == "month"

    @property
    def is_any_chosen(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Column:
    """`others` are filters for which the column has no choice; its form has to send them along."""

    groups: list[Group]
    others: list[Filter]


def column_of(facets: Facets, filters: Filters) -> Column:
    found = {
        "person": facets.people,
        "label": facets.labels,
        "tag": facets.tags,
        "camera": facets.cameras,
        "month": facets.months,
    }
    groups = [_group(name, choices, filters, is_rough=facets.is_approximate) for name, choices in found.items()]
    offered = {
        (group.name, words.fold(choice.value)) for group in groups for choice in group.choices if choice.is_chosen
    }
    if facets.people:
        groups.insert(1, Group("unidentified", KINDS["unidentified"], [_without_a_name(filters)]))
    others = [filter_ for filter_ in filters.chosen if (filter_.name, words.fold(filter_.value)) not in offered]
    return Column([group for group in groups if group.choices], others)


def _without_a_name(filters: Filters) -> Choice:
    return Choice("yes", Filter("unidentified", "yes").shown, "", bool(filters.values("unidentified")))


def _group(name: str, facets: Iterable[Facet], filters: Filters, *, is_rough: bool) -> Group:
    chosen = {words.fold(value) for value in filters.values(name)}
    choices = [
        Choice(
            facet.value,
            facet.name or Filter(name, facet.value).shown,
            wording.roughly(facet.count, is_rough=is_rough, is_more=facet.is_more),
            words.fold(facet.value) in chosen,
        )
        for facet in facets
    ]
    return Group(name, KINDS[name], choices)
