"""What is written can be read back, and what cannot be read is said so."""

from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.duress.engine import codec
from custom_components.duress.engine.delivery_events import HandedOver
from custom_components.duress.engine.events import Acknowledged, Event, Opened, StepStarted
from custom_components.duress.engine.model import NO_PLACE
from custom_components.duress.engine.site_events import SiteEvent
from custom_components.duress.engine.upcast import VERSION
from custom_components.duress.engine.why import Why

from .story import HANDLE_PRESS, T0, Story

st.register_type_strategy(str, st.text(max_size=8))
st.register_type_strategy(float, st.floats(allow_nan=False))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
# To the microsecond, over any span that a plan or a power cut can have.
year = timedelta(days=365)
st.register_type_strategy(timedelta, st.timedeltas(min_value=-10 * year, max_value=10 * year))


@given(st.from_type(Event.__value__ | SiteEvent.__value__))
def test_every_event_survives_the_journal(event: Event | SiteEvent) -> None:
    public, private = json.loads(json.dumps(codec.encode(event)))
    assert codec.decode(public, VERSION, private) == event


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"type": "FromTheFuture"},
        {"type": ["HandedOver"]},
        {"type": "HandedOver"},
        {"type": "HandedOver", "at": "yesterday", "message": "m"},
        {"type": "HandedOver", "at": "2026-11-23T00:00:00", "message": "m"},
        {"type": "Opened", "at": "2026-11-23T00:00:00+00:00", "incident": "i", "secret": "s", "press": []},
        {"type": "HandedOver", "at": "2026-11-23T00:00:00+00:00", "message": 7},
        {"type": "StepStarted", "at": "2026-11-23T00:00:00+00:00", "round": 0, "step": 0, "calls": 5},
    ],
)
def test_what_is_no_event_is_an_error(record: dict[str, object]) -> None:
    with pytest.raises(codec.CodecError):
        codec.decode(record, VERSION)


def test_what_is_not_even_an_object_is_an_error() -> None:
    with pytest.raises(codec.CodecError):
        codec.decode([], VERSION)


def test_a_field_that_a_newer_version_added_is_passed_over() -> None:
    record = {"type": "HandedOver", "at": "2026-11-23T00:00:00+00:00", "message": "m", "new": 1}
    assert isinstance(codec.decode(record, VERSION), HandedOver)


def test_names_and_secrets_are_apart_from_the_rest_and_can_be_gone() -> None:
    story = Story()
    story.at(0, HANDLE_PRESS)
    opened = story.history[0]
    public, private = codec.encode(opened)
    assert set(private) == {"place", "secret"}
    assert "Room 4" not in str(public)
    without = codec.decode(public, VERSION)
    assert isinstance(without, Opened)
    assert (without.place, without.secret) == (NO_PLACE, None)


def test_a_reason_that_a_newer_version_added_costs_only_the_reason() -> None:
    record = {"type": "StepStarted", "at": T0.isoformat(), "round": 0, "step": 0, "calls": [], "why": "new"}
    event = codec.decode(record, VERSION + 1)
    assert isinstance(event, StepStarted)
    assert event.why is Why.UNKNOWN


def test_lines_of_version_1_get_the_waits_that_version_worked_out_by_itself() -> None:
    by = {"user": "u", "responder": None}
    event = codec.decode({"type": "Acknowledged", "at": T0.isoformat(), "by": by}, 1)
    assert isinstance(event, Acknowledged)
    assert event.until == T0 + timedelta(minutes=10)
    assert isinstance(codec.decode({"type": "HandedOver", "at": T0.isoformat(), "message": "m"}, 1), HandedOver)
