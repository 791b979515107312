"""Events to JSON and back, by the types their fields declare. What cannot be read is an error, not a guess."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from .events import Event
from .site_events import SiteEvent
from .upcast import upcast

_EVENT_TYPES: dict[str, Any] = {
    kind.__name__: kind for union in (Event, SiteEvent) for kind in get_args(union.__value__)
}

type Reader = Callable[[Any], Any]
type Writer = Callable[[Any], Any]


class CodecError(ValueError):
    """A record is not an event of this version."""


def encode(event: Event | SiteEvent) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the event as JSON values, `{"type": name, ...fields}`, and apart from it its private fields."""
    kind: Any = type(event)
    public: dict[str, Any] = {"type": kind.__name__}
    private: dict[str, Any] = {}
    for name, is_private, write in _fields(kind):
        if (value := getattr(event, name)) is not None:
            (private if is_private else public)[name] = write(value)
    return public, private


def decode(record: Any, version: int, private: Any = None) -> Event | SiteEvent:
    """Return the event that `encode` made the record of; without its private fields where they are gone.

    Raises CodecError for an event type or a shape that this version does not know.
    """
    name = record.get("type") if isinstance(record, dict) else None
    kind = _EVENT_TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise CodecError(f"unknown event type {name!r}")
    try:
        event: Event | SiteEvent = _reader(kind)(upcast(record, version) | (private or {}))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise CodecError(f"{name} does not read: {error!r}") from error
    return event


@cache
def _fields(kind: Any) -> list[tuple[str, bool, Writer]]:
    hints = get_type_hints(kind)
    return [(f.name, bool(f.metadata.get("private")), _writer(hints[f.name])) for f in fields(kind)]


@cache
def _writer(kind: Any) -> Writer:
    """Return the function that turns a value of this type into JSON. Worked out once: a press waits for it."""
    if isinstance(kind, UnionType):
        return _optional(_writer(_arm(kind)))
    if get_origin(kind) is tuple:
        return _list_of(_writer(get_args(kind)[0]))
    if is_dataclass(kind):
        return _object_of({name: _writer(hint) for name, hint in get_type_hints(kind).items()})
    if issubclass(kind, datetime):
        return datetime.isoformat
    if issubclass(kind, timedelta):
        return timedelta.total_seconds
    return lambda value: value  # an enum's member is its string


@cache
def _reader(kind: Any) -> Reader:
    """Return the function that turns JSON into a value of this type."""
    if isinstance(kind, UnionType):
        return _optional(_reader(_arm(kind)))
    if get_origin(kind) is tuple:
        return _tuple_of(_reader(get_args(kind)[0]))
    if is_dataclass(kind):
        return _record_of(cast(type, kind), {name: _reader(hint) for name, hint in get_type_hints(kind).items()})
    if issubclass(kind, datetime):
        return _aware
    if issubclass(kind, timedelta):
        return lambda seconds: timedelta(seconds=seconds)
    if issubclass(kind, Enum):
        return cast(Reader, kind)
    return _exactly(kind)


def _aware(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


def _arm(kind: UnionType) -> Any:
    return next(arm for arm in get_args(kind) if arm is not NoneType)


def _optional(convert: Reader | Writer) -> Reader | Writer:
    return lambda value: None if value is None else convert(value)


def _list_of(write: Writer) -> Writer:
    return lambda values: [write(value) for value in values]


def _object_of(writers: dict[str, Writer]) -> Writer:
    return lambda value: {name: write(getattr(value, name)) for name, write in writers.items()}


def _tuple_of(read: Reader) -> Reader:
    return lambda values: tuple(read(value) for value in values)


def _record_of(kind: Callable[..., Any], readers: dict[str, Reader]) -> Reader:
    return lambda record: kind(**{name: read(record[name]) for name, read in readers.items() if name in record})


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return value

    return read
