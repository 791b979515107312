"""What the page behind the tap shows: each open call in words, to those who may see it (hazard H25)."""

from collections.abc import Sequence
from typing import Any

from homeassistant.auth.models import User

from .effects.texts import ADDRESS_LENGTH, Language, clock, plain
from .effects.wording import ends_with_note, replies_on_page
from .engine.kinds import Phase, Progress
from .engine.messages import has_failed, newest_kind
from .engine.model import Incident
from .engine.plan import CallType
from .page_doors import doors_on_page, lockdown_on_page
from .page_pictures import pictures_on_page
from .rights import Right, may, may_act, may_see, right_to
from .site import Site


def page_of(sites: Sequence[Site], user: User, default: Language) -> dict[str, Any]:
    """Return all that the page shows to a user. To whoever has nothing to do with a site it says only that."""
    own = [site for site in sites if site.configuration.responders_of(user.id)]
    language = next((language_of(site, user) for site in own), default)
    return {
        "title": language.say("page_title", {}),
        "none": language.say("page_none", {}),
        "failed": language.say("page_failed", {}),
        "calls": [
            *(_call(site, incident, user) for site in sites for incident in calls_for(site, user)),
            *(_own_call(site, incident, user) for site in sites for incident in pressed_by(site, user)),
        ],
        "records": [
            {"entry_id": site.entry_id, "label": language_of(site, user).say("page_records", {})}
            for site in sites
            if _looks_through(site, user)
        ],
        "lockdowns": [
            shown for site in own if (shown := lockdown_on_page(site, user, language_of(site, user))) is not None
        ],
        "phones": [phone for site in own for phone in _shared_phones(site, user)],
    }


def calls_for(site: Site, user: User) -> list[Incident]:
    """Return the open calls that a user sees on the page, oldest first: those who are called, and those in charge.

    None shows to anybody for being an administrator: wall tablets are logged in as such (hazard H27). Before anybody is
    called nobody has to see it, and what is only tried out is for whoever tries it (hazard H53).
    """
    known, configuration = site.configuration.responders_of(user.id), site.configuration
    in_charge = configuration.is_in_charge(user.id)

    def concerns(incident: Incident) -> bool:
        called = any(call.responder in known for call in incident.called)
        return called or (in_charge and incident.phase is not Phase.PENDING and not incident.plan.for_trying)

    return [i for i in site.incidents.open() if may_see(user, i, configuration) and concerns(i)]


def pressed_by(site: Site, user: User) -> list[Incident]:
    """Return the open calls that a user made, where the page shows them no more of it. Quiet ones show nothing."""
    if not may_act(user):
        return []
    shown = {incident.id for incident in calls_for(site, user)}
    own = (i for i in site.incidents.open() if i.press.user == user.id and not i.plan.covert)
    return [incident for incident in own if incident.id not in shown]


def _looks_through(site: Site, user: User) -> bool:
    """Return whether a user looks calls through here: not for being an administrator, as wall tablets are (H27)."""
    configuration = site.configuration
    in_charge = configuration.is_in_charge(user.id)
    return (in_charge or user.id in configuration.auditors) and may(user, Right.AUDIT, configuration)


def can_be_cancelled(site: Site, incident: Incident) -> bool:
    """Return whether a code that is typed on a screen ends a call, or seems to."""
    with_codes = any(responder.codes for responder in site.configuration.responders.values())
    return with_codes and not (incident.plan.covert or incident.plan.ends_at_origin or incident.stale)


def language_of(site: Site, user: User) -> Language:
    """Return the language in which a user reads."""
    own = site.configuration.responders_of(user.id)
    return site.texts.to(site.configuration.responders[own[0]] if own else None)


def _call(site: Site, incident: Incident, user: User) -> dict[str, Any]:
    language, configuration = language_of(site, user), site.configuration
    actor = site.actor(user.id)
    own = incident.progress_of(actor.responder, user.id)
    kind = newest_kind(incident, own)
    text = language.compose(incident, kind, actor.responder, configuration)
    return {
        "entry_id": site.entry_id,
        "incident_id": incident.id,
        "asked": incident.asked,
        "stands": _stands(incident, own),
        "title": text.title,
        "lines": text.body.split("\n"),
        "buttons": [
            {"reply": reply, "label": language.label(reply, incident.plan)}
            for reply in replies_on_page(incident, kind, own)
            if may(user, right_to(reply), site.configuration)
        ],
        "facts": _facts(site, incident, language, own),
        "pictures": pictures_on_page(site, incident, user, language),
        "doors": doors_on_page(site, incident, user, kind, language),
        "people": {"label": language.say("page_people", {}), "rows": _people(site, incident, language)},
        "timeline": language.say("page_timeline", {}),
        "cancel": _cancel(site, incident, language),
        "end": _end(site, incident, user, language),
    }


def _own_call(site: Site, incident: Incident, user: User) -> dict[str, Any]:
    """Return what whoever called sees, who is nobody else here: that the call was made, and that somebody comes."""
    language, stands = language_of(site, user), _stands(incident, None)
    key = {"waiting": "page_own_calling", "coming": "page_own_coming", "there": "page_own_there"}[stands]
    name = language.name(incident.taken_by, site.configuration)
    return {
        "entry_id": site.entry_id,
        "incident_id": incident.id,
        "asked": incident.asked,
        "stands": stands,
        "title": language.say("page_own_title", {"point": plain(incident.place.point)}),
        "lines": [language.say(key, {"name": name})],
        "buttons": [],
        "facts": [],
        "pictures": None,
        "people": None,
        "timeline": None,
        "cancel": _cancel(site, incident, language),
        "end": None,
    }


def _end(site: Site, incident: Incident, user: User, language: Language) -> dict[str, Any] | None:
    """Return what it takes to end a call from afar, which is not done without a word why."""
    only_at_origin = incident.plan.ends_at_origin and not incident.stale
    needed = Right.MANAGE if only_at_origin else Right.RESOLVE_WITH_NOTE
    if not may(user, needed, site.configuration):
        return None
    return {
        "label": language.say("page_end", {}),
        "note": language.say("page_note", {}),
        "buttons": [
            {"reply": reply, "label": language.label(reply, incident.plan)} for reply in ends_with_note(incident)
        ],
    }


def _cancel(site: Site, incident: Incident, language: Language) -> dict[str, str] | None:
    if not can_be_cancelled(site, incident):
        return None
    return {"label": language.say("page_cancel", {}), "code": language.say("page_code", {})}


def _stands(incident: Incident, own: Progress | None) -> str:
    """Return how urgent it looks to somebody: they are there, they go, enough others do, or people are needed."""
    enough = incident.phase is Phase.ACKNOWLEDGED and bool(incident.going)
    progress = own if own in (Progress.EN_ROUTE, Progress.ON_SCENE) else incident.progress if enough else None
    if progress is Progress.ON_SCENE:
        return "there"
    return "coming" if progress is Progress.EN_ROUTE else "waiting"


def _facts(site: Site, incident: Incident, language: Language, own: Progress | None) -> list[dict[str, str]]:
    """Return what whoever comes has to know, and no message may hold. Of a quiet call only whoever goes reads it."""
    configuration, plan = site.configuration, incident.plan
    facts = []
    if plan.call_type is not CallType.DOOR and (own is not None or not plan.covert):
        script = language.say(f"script_{plan.call_type}", {"place": language.place_to_tell(incident, configuration)})
        facts.append({"label": language.say("page_script", {}), "text": script})
    if configuration.entrance:
        facts.append({"label": language.say("page_entrance", {}), "text": configuration.entrance})
    point = configuration.points.get(incident.press.point)
    if incident.place.soft_until and point is not None and point.soft_until is not None:
        label = language.say("page_soft", {"at": clock(point.soft_until)})
        facts.append({"label": label, "text": plain(point.soft_because, ADDRESS_LENGTH)})
    return facts


def _people(site: Site, incident: Incident, language: Language) -> list[dict[str, str]]:
    """Return how it stands with each of those who were called."""
    called = dict.fromkeys(call.responder for call in incident.called)
    known = site.configuration.responders
    return [
        {"name": plain(known[r].name), "stands": language.say(_how_it_stands(incident, r), {})}
        for r in called
        if r in known
    ]


def _how_it_stands(incident: Incident, responder: str) -> str:
    if (progress := incident.progress_of(responder)) is not None:
        return f"word_{progress}"
    if responder in incident.declined:
        return "word_cannot_go"
    messages = [message for message in incident.messages.values() if message.responder == responder]
    if messages and all(map(has_failed, messages)):
        return "word_not_reached"
    if incident.stale:
        return "word_asked"
    if incident.phase is Phase.ACTIVE:
        return "word_called"
    follows_up = any(call.responder == responder and call.follows_up for call in incident.called)
    return "word_told" if follows_up else "word_was_called"


def _shared_phones(site: Site, user: User) -> list[dict[str, Any]]:
    """Return the shared phones that are signed in as a user, with whoever may have them (hazard H31)."""
    language = language_of(site, user)
    own = (site.configuration.responders[r] for r in site.configuration.responders_of(user.id))
    return [
        {
            "entry_id": site.entry_id,
            "post": post.id,
            "question": language.say("page_who", {"post": plain(post.name)}),
            "people": [
                {"id": carrier, "name": plain(name), "signed_on": site.memory.carrier(post.id) == carrier}
                for carrier, name in post.carriers.items()
            ],
        }
        for post in own
        if post.carriers
    ]
