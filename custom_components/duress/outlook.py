"""Who would be called if a button was pressed now, in words."""

from .effects.texts import plain
from .engine.events import StepStarted
from .engine.forecast import Expected, forecast
from .site import Site
from .trigger_points import TriggerPoint


def expected_calls(site: Site, plan_id: str | None, point: TriggerPoint | None = None) -> list[Expected]:
    """Return the first round of calls of a plan, or of whatever stands in for it, as things stand."""
    reach = site.reach(point.id if point is not None else None)
    plan = site.configuration.plan(point, plan_id, reach)
    return forecast(plan, point.holders if point is not None else (), reach, site.now())


def names_in(site: Site, expected: Expected) -> list[str]:
    """Return the names of those who are called in a step."""
    _, event = expected
    responders = site.configuration.responders
    called = dict.fromkeys(call.responder for call in event.calls) if isinstance(event, StepStarted) else ()
    return [plain(responders[responder].name) for responder in called if responder in responders]


def in_words(site: Site, expected: list[Expected]) -> str:
    """Return the calls as lines of text."""
    lines = []
    for step in expected:
        after, event = step
        key = "outlook_called" if isinstance(event, StepStarted) else "outlook_nobody"
        when = "outlook_after" if after else "outlook_at_once"
        words = {
            "when": site.texts.default.say(when, {"seconds": f"{after.total_seconds():g}"}),
            "names": ", ".join(names_in(site, step)),
            "why": "" if isinstance(event, StepStarted) else site.texts.default.say(f"why_{event.why}", {}),
        }
        lines.append(f"- {site.texts.default.say(key, words)}")
    return "\n".join(lines)
