"""What a message says. The words are in the translations; names from the registries are not trusted."""

from dataclasses import dataclass
from datetime import datetime
import unicodedata

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..clock import Clock
from ..configuration import Configuration
from ..const import DOMAIN
from ..engine.kinds import MessageKind, Progress, Proof, Reply
from ..engine.model import NO_PLACE, Actor, Call, Incident, Message, Place
from ..engine.plan import CallType, Plan
from ..engine.why import Why

NAME_LENGTH = 60
ADDRESS_LENGTH = 200
NAMED = 20
"""How many places a message names."""
LABELLED = tuple(reply for reply in Reply if reply is not Reply.SEEN)
LABELLED_FOR_HOLD_UP = (Reply.GOING, Reply.CANNOT_GO, Reply.ON_SCENE)
BUTTONS = {
    MessageKind.CALL: (Reply.GOING, Reply.CANNOT_GO),
    MessageKind.BUSY: (Reply.GOING, Reply.CANNOT_GO),
    MessageKind.NOTICE: (Reply.TAKE_OVER,),
    MessageKind.SEEN: (Reply.GOING,),
    MessageKind.CONFIRMATION: (Reply.ON_SCENE, Reply.CANNOT_GO),
    MessageKind.REMINDER: (Reply.ON_SCENE, Reply.CANNOT_GO),
    MessageKind.ARRIVAL: (Reply.HELPED, Reply.ACCIDENTAL, Reply.ANOTHER_REASON),
    MessageKind.REASON: (Reply.TEST, Reply.FALSE, Reply.HELPED),
    MessageKind.STALE: (Reply.STILL_NEEDED, Reply.OVER),
}
"""What can be answered to each kind of message by one tap: three at the most, as Android shows no more."""
COVERT_ENDS = (Reply.OVER, Reply.ACCIDENTAL)
"""What ends a covert call: in words that mean nothing to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a person reads, and the labels of the buttons below it."""

    title: str
    body: str
    buttons: tuple[tuple[Reply, str], ...] = ()


def plain(name: str, length: int = NAME_LENGTH) -> str:
    """Return a name, of so many letters at the most, that can do no harm in a message (hazard H42).

    Android reads HTML in messages, and control or direction-changing characters can hide or turn text round.
    """
    letters = (" " if c in "<>&\n\t" else c for c in name)
    kept = "".join(c for c in letters if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    return " ".join(kept.split())[:length]


class Texts:
    """Words for messages, in Home Assistant's language."""

    _prefix = f"component.{DOMAIN}.common."

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing can be said before `async_load`."""
        self._hass = hass
        self._words: dict[str, str] = {}
        self._known_labels: dict[CallType, dict[str, str]] = {}

    async def async_load(self) -> None:
        """Fetch the words, so that composing a message never waits for a disk."""
        language = self._hass.config.language
        self._words = await async_get_translations(self._hass, language, "common", {DOMAIN})

    def compose(
        self, incident: Incident, message: Message, configuration: Configuration, *, answerable: bool = True
    ) -> Text:
        """Return what a message says. The first words are what kind of message it is and where.

        What to tap is said only where it can be.
        """
        kind = message.kind
        words: dict[str, str] = {
            "point": plain(incident.place.point) or self.say("point_unknown", {}),
            "place": self._where(incident),
            "time": _time(incident),
            "name": self.name(incident.resolved_by or incident.taken_by, configuration),
            "presses": str(incident.presses),
            "subject": plain(incident.plan.subject) or self.say("covert_subject", {}),
            "also": self._listed(incident.also),
            "count": str(len(incident.also) + 1),
            "minutes": f"{incident.plan.arrival_within.total_seconds() / 60:g}",
            "address": self._address(configuration) if kind is MessageKind.CONFIRMATION else "",
            "until": clock(incident.deadline) if incident.deadline else "",
        }
        words |= self._labels(incident.plan)
        title, *body = _keys(incident, kind, answerable=answerable)
        replies = _replies(incident, kind) if answerable else ()
        return Text(
            title=self.say(title, words),
            body="\n".join(self.say(key, words) for key in body),
            buttons=tuple((reply, words[reply.value]) for reply in replies),
        )

    def of_open(self, incident: Incident) -> str:
        """Return how an open call is named to who was called for it; a quiet one by its own words only."""
        point = plain(incident.place.point) or self.say("point_unknown", {})
        if not incident.plan.covert:
            return point
        subject = plain(incident.plan.subject) or self.say("covert_subject", {})
        return self.say("covert_title", {"subject": subject, "point": point})

    def _where(self, incident: Incident) -> str:
        """Return where to go: where the phone is that called, if it says so. What is worn may be elsewhere (H45)."""
        place = incident.place
        if (position := incident.position) is not None:
            words = {
                "latitude": f"{position.latitude:.5f}",
                "longitude": f"{position.longitude:.5f}",
                "metres": f"{position.accuracy:.0f}" if position.accuracy is not None else "?",
                "at": clock(position.at),
            }
            return self.say("place_position", words)
        if incident.tracks:
            return self.say("place_awaited", {})
        where = plain(place.area) if place.area else self.say("place_unknown", {})
        if place.worn:
            where = self.say("place_worn", {"place": where})
        if place.near and place.near_at:
            where = self.say("place_near", {"place": where, "near": plain(place.near), "at": clock(place.near_at)})
        elif place.near:
            where = self.say("place_near_once", {"place": where, "near": plain(place.near)})
        if place.lent_to:
            where = self.say("place_lent", {"place": where, "name": plain(place.lent_to)})
        if place.lost_since:
            where = self.say("place_lost", {"place": where, "at": clock(place.lost_since)})
        return where

    def _listed(self, places: tuple[Place, ...]) -> str:
        """Return the names of places, as many as a phone shows."""
        names = [plain(place.point) for place in places[:NAMED]]
        if more := len(places) - len(names):
            names.append(self.say("and_more", {"count": str(more)}))
        return ", ".join(names)

    def say(self, key: str, words: dict[str, str]) -> str:
        """Return one of the `common` texts of the translations."""
        return self._words[self._prefix + key].format(**words)

    def _labels(self, plan: Plan) -> dict[str, str]:
        """Return what the buttons say, worked out once: a press waits for it."""
        kind = plan.call_type
        if (known := self._known_labels.get(kind)) is None:
            known = self._known_labels[kind] = {reply.value: self._label(reply, kind) for reply in LABELLED}
        return known

    def _label(self, reply: Reply, kind: CallType) -> str:
        """Return what a button says. To a hold-up nobody of ours goes: the police do (hazard H19)."""
        own = kind is CallType.HOLD_UP and reply in LABELLED_FOR_HOLD_UP
        return self.say(f"reply_{reply}_hold_up" if own else f"reply_{reply}", {})

    def _address(self, configuration: Configuration) -> str:
        return plain(configuration.address, ADDRESS_LENGTH) or self.say("address_unknown", {})

    def name(self, person: Actor | Call | None, configuration: Configuration) -> str:
        """Return what somebody is called who answered, or who was called."""
        responder = configuration.responders.get(person.responder) if person and person.responder else None
        return plain(responder.name) if responder else self.say("somebody", {})


def _keys(incident: Incident, kind: MessageKind, *, answerable: bool) -> tuple[str, ...]:
    """Return the keys of the title and of each line of the body: how things stand, then what to do about it."""
    if incident.plan.covert:
        return _covert_keys(incident, kind, answerable=answerable)
    if kind is MessageKind.CALL:
        title, body, how = _call_keys(incident)
        return title, body, how if answerable else "call_no_answer"
    title, body = f"{kind}_title", f"{kind}_body"
    if kind is MessageKind.OVER and incident.ended_in_the_room:
        body = "over_in_the_room_body"
    if kind is MessageKind.STALE and incident.next_why is Why.FOUND_LATE:
        body = "stale_late_body"
    if kind is MessageKind.NOTICE and incident.progress is Progress.ON_SCENE:
        title = "notice_on_scene_title"
    if (asks := _asks_as(incident, kind)) is not kind:
        title, kind = "reminder_on_scene_title", asks
    if kind is MessageKind.ARRIVAL and answerable and _ends_only_in_the_room(incident):
        return title, body, "arrival_how_in_the_room"
    if kind is MessageKind.CONFIRMATION and incident.plan.call_type is CallType.MEDICAL:
        return title, body, "confirmation_address", *(["confirmation_how"] if answerable else [])
    return (title, body, f"{kind}_how") if answerable and kind in BUTTONS else (title, body)


def _call_keys(incident: Incident) -> tuple[str, str, str]:
    """Return the keys of a call: title, body, and what to tap."""
    if _names_others(incident):
        return "call_many_title", "call_many_body", "call_many_how"
    if incident.taken_back_at is not None:
        return "taken_back_title", "taken_back_body", "call_how"
    if incident.place == NO_PLACE:
        return "call_title", "call_lost_body", "call_how"
    return "call_title", "call_again_body" if incident.presses > 1 else "call_body", "call_how"


def _replies(incident: Incident, kind: MessageKind) -> tuple[Reply, ...]:
    """Return what can be tapped below a message."""
    kind = _asks_as(incident, kind)
    if kind is MessageKind.ARRIVAL and _ends_only_in_the_room(incident):
        return ()
    ends = kind in (MessageKind.ARRIVAL, MessageKind.REASON)
    return COVERT_ENDS if ends and incident.plan.covert else BUTTONS.get(kind, ())


def _asks_as(incident: Incident, kind: MessageKind) -> MessageKind:
    """Return the kind of message whose question it is: who is reminded at the bed is asked what it was."""
    return MessageKind.ARRIVAL if kind is MessageKind.REMINDER and incident.progress is Progress.ON_SCENE else kind


def _ends_only_in_the_room(incident: Incident) -> bool:
    return incident.plan.ends_at_origin and incident.proof is not Proof.ROOM


def _names_others(incident: Incident) -> bool:
    """Return whether this is the first call of a burst, which stands for all of it (hazard H36)."""
    return bool(incident.also) and incident.step_at == incident.gathered_at


def _covert_keys(incident: Incident, kind: MessageKind, *, answerable: bool) -> tuple[str, ...]:
    """Return the keys of a covert call: what they say means nothing to whoever should not know (hazard H25).

    What to do is said plainly only to who has just answered, on a phone that had to be unlocked for it.
    """
    if kind is MessageKind.CONFIRMATION and not answerable:
        kind = MessageKind.NOTICE
    if kind is MessageKind.CONFIRMATION:
        call_type = incident.plan.call_type
        return "covert_title", f"confirmation_body_{call_type}", f"confirmation_how_{call_type}"
    kind = _asks_as(incident, kind)
    if answerable and kind in BUTTONS:
        return "covert_title", f"covert_{kind}_body", f"covert_{kind}_how"
    return "covert_title", f"covert_{kind}_body"


def _time(incident: Incident) -> str:
    """Return when it was pressed."""
    return clock(incident.press.heard_at)


def clock(moment: datetime) -> str:
    """Return a time on the wall's clock; with the date unless that is today (hazard H46)."""
    local = dt_util.as_local(moment)
    today = dt_util.as_local(Clock.wall()).date()
    return local.strftime("%H:%M" if local.date() == today else "%Y-%m-%d %H:%M")
