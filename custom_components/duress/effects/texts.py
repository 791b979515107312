"""What a message says, in the language of whoever reads it. Names from the registries are not trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import unicodedata

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..clock import Clock
from ..configuration import Configuration
from ..const import DOMAIN, LANGUAGES
from ..engine.door_events import DoorReported
from ..engine.doors import DoorResult, Movement, Stage
from ..engine.kinds import ENDING, MessageKind, Reply
from ..engine.model import Actor, Call, Incident, Place
from ..engine.plan import CallType, Plan
from ..engine.why import Why
from ..responders import Responder
from .wording import LABELLED, LABELLED_FOR_HOLD_UP, keys_of, replies_to

NAME_LENGTH = 60
ADDRESS_LENGTH = 200
NAMED = 20
"""How many places a message names."""


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
    """What can be said, in every language that there are words in."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing can be said before `async_load`."""
        self._hass = hass
        self._languages: dict[str, Language] = {}

    async def async_load(self) -> None:
        """Fetch the words, so that composing a message never waits for a disk."""
        for language in dict.fromkeys((self._hass.config.language, *LANGUAGES)):
            words = await async_get_translations(self._hass, language, "common", {DOMAIN})
            self._languages[language] = Language(words)

    @property
    def default(self) -> Language:
        """Return Home Assistant's own language, in which it spoke when the site started."""
        return next(iter(self._languages.values()))

    def to(self, responder: Responder | None) -> Language:
        """Return the language in which a responder reads."""
        return self._languages.get(responder.language or "", self.default) if responder else self.default


class Language:
    """Words for messages, in one language."""

    _prefix = f"component.{DOMAIN}.common."

    def __init__(self, words: Mapping[str, str]) -> None:
        """Use these words of the translations."""
        self._words = words
        self._known_labels: dict[CallType, dict[str, str]] = {}

    def compose(
        self,
        incident: Incident,
        kind: MessageKind,
        responder: str | None,
        configuration: Configuration,
        *,
        answerable: bool = True,
    ) -> Text:
        """Return what a message to a responder says. The first words are what kind of message it is and where.

        What to tap is said only where it can be.
        """
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
            "until": clock(until) if (until := incident.arrive_by or incident.deadline) else "",
            "again": clock(incident.activated_again_at) if incident.activated_again_at else "",
            "other": self._other(incident, responder, configuration),
            "doors": self.doors(incident),
        }
        words |= self._labels(incident.plan)
        title, *body = keys_of(incident, kind, answerable=answerable)
        replies = replies_to(incident, kind) if answerable else ()
        if configuration.is_desk(responder):
            replies = tuple(reply for reply in replies if reply not in ENDING)
        return Text(
            title=self._marked(incident, self.say(title, words)),
            body="\n".join(self.say(key, words) for key in body),
            buttons=tuple((reply, words[reply.value]) for reply in replies),
        )

    def of_open(self, incident: Incident) -> str:
        """Return how an open call is named to who was called for it; a quiet one by its own words only."""
        point = plain(incident.place.point) or self.say("point_unknown", {})
        if not incident.plan.covert:
            return self._marked(incident, point)
        subject = plain(incident.plan.subject) or self.say("covert_subject", {})
        return self._marked(incident, self.say("covert_title", {"subject": subject, "point": point}))

    def doors(self, incident: Incident) -> str:
        """Return what became of each door that was moved for a call, or was not."""
        return " ".join(self.door(d.name, d) for d in incident.doors.values())

    def door(self, name: str, of: DoorResult | DoorReported | Movement) -> str:
        """Return what became of a door, in a sentence."""
        bolt, stage, why = of.bolt, of.stage, of.why
        words = {"door": plain(name) or self.say("door_unknown", {})}
        if stage is Stage.DONE and why is not Why.UNVERIFIABLE:
            return self.say(f"door_is_{bolt}", words)
        if why in (Why.UNVERIFIABLE, Why.BY_HAND):
            return self.say(f"door_{why}_{bolt}", words)
        words["why"] = self.say(f"door_why_{why}", {})
        return self.say("door_left_open" if stage is Stage.LEFT_OPEN else f"door_not_{bolt}", words)

    def _marked(self, incident: Incident, title: str) -> str:
        """Return a title that begins with what nobody may overlook: that it is a drill, of a quiet call too (H38)."""
        return self.say("drill_title", {"title": title}) if incident.drill else title

    def place_to_tell(self, incident: Incident, configuration: Configuration) -> str:
        """Return the place that an ambulance is told: where the phone is that called, no house of ours need be."""
        where = self._where(incident)
        if incident.tracks or incident.position is not None:
            return where
        place = incident.place
        moves = place.worn or place.lent_to or place.lost_since
        return f"{where if moves else plain(place.area or place.point)}, {self._address(configuration)}"

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
        if place.soft_until:
            visited = place.visited_at
            where = (
                self.say("place_visited", {"place": where, "at": clock(visited)})
                if visited
                else self.say("place_not_visited", {"place": where})
            )
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

    def label(self, reply: Reply, plan: Plan) -> str:
        """Return what a button of a call says."""
        return self._labels(plan)[reply.value]

    def _label(self, reply: Reply, kind: CallType) -> str:
        """Return what a button says. To a hold-up nobody of ours goes: the police do (hazard H19)."""
        if kind is CallType.DOOR and reply is Reply.HELPED:
            return self.say("reply_helped_door", {})
        own = kind is CallType.HOLD_UP and reply in LABELLED_FOR_HOLD_UP
        return self.say(f"reply_{reply}_hold_up" if own else f"reply_{reply}", {})

    def _address(self, configuration: Configuration) -> str:
        return plain(configuration.address, ADDRESS_LENGTH) or self.say("address_unknown", {})

    def _other(self, incident: Incident, responder: str | None, configuration: Configuration) -> str:
        """Return who else goes, to somebody who does."""
        others = (actor for actor in incident.going if actor.responder != responder)
        return ", ".join(self.name(actor, configuration) for actor in others)

    def name(self, person: Actor | Call | None, configuration: Configuration) -> str:
        """Return what somebody is called who answered, or who was called."""
        responder = configuration.responders.get(person.responder) if person and person.responder else None
        if responder is None:
            return self.say("somebody", {})
        carrier = responder.carriers.get(person.carrier or "") if isinstance(person, Actor) else None
        post = plain(responder.name)
        return self.say("name_of_carrier", {"name": plain(carrier), "post": post}) if carrier else post


def _time(incident: Incident) -> str:
    """Return when it was pressed."""
    return clock(incident.press.heard_at)


def clock(moment: datetime, *, seconds: bool = False) -> str:
    """Return a time on the wall's clock; with the date unless that is today (hazard H46)."""
    time = "%H:%M:%S" if seconds else "%H:%M"
    local = dt_util.as_local(moment)
    today = dt_util.as_local(Clock.wall()).date()
    return local.strftime(time if local.date() == today else f"%Y-%m-%d {time}")
