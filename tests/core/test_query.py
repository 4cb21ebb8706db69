"""A Query is the same value in a URL, on a screen and in a saved view."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core.errors import Invalid
from crm_app.core.query import (
    LEAST_WIDTH,
    MAX_PAGE,
    MAX_SIZE,
    MAX_TEXT,
    MOST_WIDTH,
    OPERATORS,
    Filter,
    Query,
    joined,
    parted,
)

CLEAN = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)
FIELDS = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
FILTERS = st.lists(st.builds(Filter, FIELDS, st.sampled_from(OPERATORS), CLEAN), max_size=20).map(tuple)
QUERIES = st.builds(
    Query,
    CLEAN,
    FILTERS,
    st.one_of(st.just(""), FIELDS, FIELDS.map("-{}".format)),
    st.integers(1, MAX_PAGE),
    st.integers(1, MAX_SIZE),
    widths=st.dictionaries(FIELDS, st.integers(LEAST_WIDTH, MOST_WIDTH), max_size=3).map(lambda d: tuple(d.items())),
)


@given(QUERIES)
def test_a_query_survives_its_own_parameters(query):
    assert Query.from_params(query.params()) == query


@given(QUERIES)
def test_a_query_survives_a_url(query):
    assert Query.from_params(parse_qsl(query.url(), keep_blank_values=True)) == query


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=()))),
        max_size=5,
    )
)
def test_parameters_of_a_stranger_give_a_query_or_a_sentence(params):
    try:
        query = Query.from_params(params)
    except Invalid as invalid:
        assert invalid.fields  # noqa: PT017 - either is right
    else:
        assert Query.from_params(parse_qsl(query.url(), keep_blank_values=True)) == query


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "1.5"),
        ("page", "99999999999999"),
        ("page", "١"),
        ("size", "501"),
        ("size", "x"),
        ("page", "zz"),
        ("filter[a][drop]", "1"),
        ("filter[", "x"),
        ("filter[name", "x"),
        ("filter[name][eq", "x"),
        ("filter[name][eq][eq]", "x"),
        ("filter[na-me]", "x"),
        ("filter", "x"),
        ("Filter[name]", "x"),
        ("filters[name]", "x"),
        ("sort", "name," * 41),
    ],
)
def test_a_bad_parameter_is_named(name, value):
    with pytest.raises(Invalid) as caught:
        Query.from_params([(name, value)])
    assert list(caught.value.fields) == [name]


def test_more_than_twenty_filters_are_refused():
    with pytest.raises(Invalid) as caught:
        Query.from_params([("filter[a]", "1")] * 21)
    assert list(caught.value.fields) == ["filter"]


def test_two_filters_on_one_field_are_both_kept():
    params = [("filter[name][contains]", "a"), ("filter[name][contains]", "b")]
    assert Query.from_params(params).params() == params


def test_the_text_is_cut_and_loses_what_no_database_takes():
    assert Query.from_params([("q", "a\x00\ud800b" + "c" * 300)]).text == ("ab" + "c" * 300)[:MAX_TEXT]


def test_adding_a_filter_replaces_its_like_and_goes_to_the_first_page():
    query = Query(filters=(Filter("a", "eq", "1"), Filter("b", "lt", "2")), page=7)
    assert query.adding(Filter("a", "eq", "3")) == Query(filters=(Filter("b", "lt", "2"), Filter("a", "eq", "3")))
    assert query.without("b", "lt") == Query(filters=(Filter("a", "eq", "1"),))


@given(st.lists(st.text("ab,\\", max_size=4), min_size=1, max_size=4))
def test_several_values_come_out_as_they_went_in(values):
    assert parted(joined(values)) == values


def test_values_without_a_backslash_are_parted_by_commas_alone():
    assert [parted(text) for text in ("", "a", "a,b", "a,,b,", "a\\b")] == [
        [""], ["a"], ["a", "b"], ["a", "", "b", ""], ["a\\b"],
    ]  # fmt: skip


def test_widths_that_are_no_pixels_or_out_of_bounds_are_left_out():
    asked = "name:240,city:47,tags:1201,email:48,phone:1200,name,a b:90,zone:-90,:90,city:9e2"
    assert Query.from_params([("widths", asked)]).widths == (("name", 240), ("email", 48), ("phone", 1200))
