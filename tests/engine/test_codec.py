"""What is written can be read back, and what cannot be read is said so."""

from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.duress.engine import codec
from custom_components.duress.engine.events import Event, HandedOver

st.register_type_strategy(str, st.text(max_size=8))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
# To the microsecond, over any span that a plan or a power cut can have.
year = timedelta(days=365)
st.register_type_strategy(timedelta, st.timedeltas(min_value=-10 * year, max_value=10 * year))


@given(st.from_type(Event.__value__))
def test_every_event_survives_the_journal(event: Event) -> None:
    assert codec.decode(json.loads(json.dumps(codec.encode(event)))) == event


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
        codec.decode(record)


def test_what_is_not_even_an_object_is_an_error() -> None:
    with pytest.raises(codec.CodecError):
        codec.decode([])  # type: ignore[arg-type]


def test_a_field_that_a_newer_version_added_is_passed_over() -> None:
    record = {"type": "HandedOver", "at": "2026-11-23T00:00:00+00:00", "message": "m", "new": 1}
    assert isinstance(codec.decode(record), HandedOver)
