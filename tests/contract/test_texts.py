"""Every text that a person sees is there, is used, and promises nothing that we cannot know."""

import ast
import re
from typing import get_args

from homeassistant.core import HomeAssistant
import pytest
import yaml

from custom_components.duress import const, traces
from custom_components.duress.call_trigger import CALL_TRIGGERS
from custom_components.duress.condition import async_get_conditions
from custom_components.duress.config_flow import DuressConfigFlow
from custom_components.duress.effects.wording import BUTTONS, LABELLED, LABELLED_FOR_HOLD_UP
from custom_components.duress.engine.doors import Bolt
from custom_components.duress.engine.events import Event
from custom_components.duress.engine.kinds import MessageKind
from custom_components.duress.engine.plan import CallType
from custom_components.duress.engine.reach import MANAGERS
from custom_components.duress.engine.why import Why
from custom_components.duress.flow.door import DoorFlow
from custom_components.duress.flow.responder import ResponderFlow
from custom_components.duress.flow.response_plan import ResponsePlanFlow
from custom_components.duress.flow.site_options import SiteOptionsFlow
from custom_components.duress.flow.trigger_point import TriggerPointFlow
from custom_components.duress.intake.zigbee import ZIGBEE_ALARM, Alarm
from custom_components.duress.responders import LOOKING_AFTER
from custom_components.duress.templates import TEMPLATES
from custom_components.duress.timeline import SAID_IN_WORDS, key_of

from .files import INTEGRATION, PYTHON, ROOT, TEXTS, icons, strings, translations, tree

FLOWS = {
    "config_flow.py": (DuressConfigFlow, ("config",)),
    "flow/responder.py": (ResponderFlow, ("config_subentries", "responder")),
    "flow/site_options.py": (SiteOptionsFlow, ("options",)),
    "flow/response_plan.py": (ResponsePlanFlow, ("config_subentries", "response_plan")),
    "flow/door.py": (DoorFlow, ("config_subentries", "door")),
    "flow/trigger_point.py": (TriggerPointFlow, ("config_subentries", "trigger_point")),
}

# Each of these reads as a warranty (hazard H54). "Not a certified alarm" is what must be said, so "certified" stays.
PROMISES = re.compile(
    r"\b(certificates?|ready|confirmed|tamper-?proof|guarantee[sd]?|fail-?safe|never fails?|100 ?%)\b", re.IGNORECASE
)


def literals(name: str) -> set[str]:
    """Return the values of all keyword arguments of this name that are plain strings."""
    return {
        keyword.value.value
        for path in PYTHON
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == name and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }


def test_every_exception_has_a_text_and_every_text_an_exception() -> None:
    assert literals("translation_key") == set(translations()["exceptions"])


def test_every_repair_issue_has_a_text_and_every_text_an_issue() -> None:
    issues = {value for name, value in vars(const).items() if name.startswith("ISSUE_")}
    assert issues == set(translations()["issues"])


def test_h26_the_texts_of_repair_issues_name_nobody() -> None:
    assert not [text for text in strings(translations()["issues"]).values() if "{" in text]


LONGEST_LABEL = 20
"""Letters of a button that every phone shows."""

SAYING = (
    "duty.py",
    "effects/texts.py",
    "effects/wording.py",
    "flow/cameras.py",
    "flow/quiet.py",
    "intake/positions.py",
    "lockdown.py",
    "lost_phones.py",
    "outlook.py",
    "page.py",
    "page_doors.py",
    "page_pictures.py",
    "records.py",
    "websocket_page.py",
    "silence.py",
    "intake/sources.py",
    "voice.py",
    "websocket_api.py",
    "timeline.py",
)
"""Where messages are put into words."""


DOOR_REASONS = (
    Why.DOOR_GONE,
    Why.DOOR_SILENT,
    Why.DOOR_JAMMED,
    Why.DOOR_WENT_BACK,
    Why.ESCAPE_ROUTE,
    Why.FIRE,
    Why.TOO_LATE,
    Why.LOCKED_DOWN,
    Why.STAYS_LOCKED,
    Why.HAD_OPENED,
)
"""Why a door is not as it was wanted."""


def test_every_message_has_its_words() -> None:
    words = set(translations()["common"])
    own_words = [kind for kind in MessageKind if kind is not MessageKind.UPDATE]
    wanted = {f"{kind}_{part}" for kind in own_words for part in ("title", "body")}
    covert = {call_type for call_type, template in TEMPLATES.items() if template.covert} | {CallType.DOOR}
    wanted |= {f"confirmation_{part}_{call_type}" for call_type in covert for part in ("body", "how")}
    wanted |= {"covert_title", "call_no_answer"} | {f"{kind}_how" for kind in BUTTONS}
    wanted |= {f"covert_{kind}_how" for kind in BUTTONS if kind is not MessageKind.CONFIRMATION}
    wanted |= {f"covert_{kind}_body" for kind in own_words if kind is not MessageKind.CONFIRMATION}
    source = "".join((INTEGRATION / name).read_text("utf-8") for name in SAYING)
    said = set(re.findall(r'\bsay\((?:self.hass, entry, )?"(\w+)"', source)) | set(
        re.findall(r'(?:title|body) = "(\w+)"', source)
    )
    kinds = "call|duty|outlook|taken_back|arrival_how|reminder_on_scene"
    kinds += (
        "|door|voice|short|company|covert_short|covert_activated_again|activated_again|drill|page|picture|tried|record"
    )
    said |= set(re.findall(rf'"((?:{kinds})(?:_\w+)?)"', source)) - {"door", "duty_not_known", "tried"}
    said |= set(re.findall(r'"(confirmation_(?:address|how_door))"', source))
    said |= {f"group_{group}" for group in (MANAGERS, LOOKING_AFTER)}
    said |= {f"shows_{kind}" for kind in traces.Kind} | {"shows_nothing"}
    said |= {f"script_{call_type}" for call_type in TEMPLATES}
    said |= {f"door_{what}_{bolt}" for what in ("is", "not", Why.UNVERIFIABLE, Why.BY_HAND) for bolt in Bolt}
    said |= {f"door_why_{why}" for why in DOOR_REASONS} | {"doors", "door_stuck_title", "reply_helped_door"}
    said |= {f"export_{part}" for part in ("timeline", "pictures", "missing", "note")}
    said |= set(re.findall(r'"(word_\w+)"', source))
    timeline = {key_of(kind.__name__) for kind in get_args(Event.__value__)}
    timeline |= {"timeline_clip_kept", "timeline_clip_missed"}
    reasons = {f"why_{why}" for why in Why}
    replies = {f"reply_{reply}" for reply in LABELLED}
    replies |= {f"reply_{reply}_hold_up" for reply in LABELLED_FOR_HOLD_UP}
    plans = {f"plan_{call_type}" for call_type in TEMPLATES}
    in_sentences = {f"word_{value}" for kind in SAID_IN_WORDS for value in kind}
    assert words == wanted | said | timeline | reasons | replies | plans | in_sentences


@pytest.mark.parametrize("language", const.LANGUAGES)
def test_messages_say_the_same_in_every_language(language: str) -> None:
    english, other = translations()["common"], translations(language)["common"]
    assert list(other) == list(english)
    for key, text in english.items():
        assert set(re.findall(r"{\w+}", other[key])) == set(re.findall(r"{\w+}", text)), key
    labels = {key: text for key, text in other.items() if key.startswith("reply_") or key == "duty_button"}
    assert not [label for label in labels.values() if len(label) > LONGEST_LABEL]


def test_every_language_that_can_be_chosen_has_its_words() -> None:
    assert {path.stem for path in (INTEGRATION / "translations").glob("*.json")} == set(const.LANGUAGES)


@pytest.mark.parametrize("file", FLOWS)
def test_every_dialog_has_its_texts(file: str) -> None:
    flow, path = FLOWS[file]
    texts = translations()
    for key in path:
        texts = texts[key]
    source = (INTEGRATION / file).read_text("utf-8")
    if "LearningFlow" in source:
        source += (INTEGRATION / "flow/learning.py").read_text("utf-8")
        source += (INTEGRATION / "flow/assurance.py").read_text("utf-8")
        source += (INTEGRATION / "flow/keypad.py").read_text("utf-8")
        source += (INTEGRATION / "flow/alone.py").read_text("utf-8")
        source += (INTEGRATION / "flow/cameras.py").read_text("utf-8")
    if "QuietFlow" in source:
        source += (INTEGRATION / "flow/plan_doors.py").read_text("utf-8")
        source += (INTEGRATION / "flow/quiet.py").read_text("utf-8")
    if "LearningFlow" in source or "async_errors_of_actions" in source:
        source += (INTEGRATION / "flow/actions.py").read_text("utf-8")
    assert set(re.findall(r'progress_action="(\w+)"', source)) == set(texts.get("progress", ()))
    steps = set(re.findall(r'\bstep_id="(\w+)"|self\._(?:async_)?form\("(\w+)"', source))
    waiting = set(re.findall(r'\bstep_id="(\w+)",\s*progress_action', source))
    assert {name for pair in steps for name in pair if name} - waiting == set(texts["step"])
    for step in texts["step"].values():
        assert step["title"]
        assert set(step.get("data", ())) == set(step.get("data_description", ()))
        assert set(step.get("menu_options", ())) <= set(texts["step"]) | waiting | {"learned"}
    errors = {name for pair in re.findall(r'\] = "(\w+)"|: "(\w+)"\}', source) for name in pair if name}
    if "error_of_plan" in source:
        errors |= set(re.findall(r'return "(\w+)"', (INTEGRATION / "flow/reaching.py").read_text("utf-8")))
    assert errors == set(texts.get("error", {}))
    aborts = set(re.findall(r'reason="(\w+)"', source))
    assert aborts | {"already_configured", "reconfigure_successful"} >= set(texts.get("abort", {})) >= aborts
    assert flow.__doc__


def test_every_subentry_says_what_it_is_and_how_to_add_and_change_it() -> None:
    for texts in translations()["config_subentries"].values():
        assert texts["entry_type"]
        assert set(texts["initiate_flow"]) == {"user", "reconfigure"}


def test_every_action_has_its_fields_texts_and_icon() -> None:
    actions = yaml.safe_load((INTEGRATION / "services.yaml").read_text("utf-8"))
    texts = translations()["services"]
    assert set(actions) == set(texts) == set(icons()["services"])
    for name, action in actions.items():
        assert set(action["fields"]) == set(texts[name]["fields"])
        assert texts[name]["name"]
        assert texts[name]["description"]
    source = (INTEGRATION / "services.py").read_text("utf-8")
    assert set(re.findall(r'SERVICE_\w+ = "(\w+)"', source)) == set(actions)


def test_every_trigger_of_ours_has_its_fields_texts_and_icon() -> None:
    ours = yaml.safe_load((INTEGRATION / "triggers.yaml").read_text("utf-8"))
    texts = translations()["triggers"]
    known = {ZIGBEE_ALARM.removeprefix("duress."), *CALL_TRIGGERS}
    assert set(ours) == set(texts) == set(icons()["triggers"]) == known
    for name, trigger in ours.items():
        assert set(trigger["fields"]) == set(texts[name]["fields"])
    options = ours["zigbee_alarm"]["fields"]["alarms"]["selector"]["select"]["options"]
    assert set(options) == set(Alarm) == set(translations()["selector"]["alarms"]["options"])


async def test_every_condition_of_ours_has_its_texts_and_icon(hass: HomeAssistant) -> None:
    ours = yaml.safe_load((INTEGRATION / "conditions.yaml").read_text("utf-8"))
    texts = translations()["conditions"]
    assert set(ours) == set(texts) == set(icons()["conditions"]) == set(await async_get_conditions(hass))


def test_every_entity_has_a_name_and_an_icon() -> None:
    keys = {
        (path.stem, key)
        for path in PYTHON
        for key in re.findall(r"super\(\).__init__\(site, \"(\w+)\"", path.read_text("utf-8"))
    }
    named = {(platform, key) for platform, entities in translations()["entity"].items() for key in entities}
    drawn = {(platform, key) for platform, entities in icons()["entity"].items() for key in entities}
    assert keys == named == drawn


def test_h54_no_text_promises_more_than_we_know() -> None:
    found = {
        (str(path.relative_to(ROOT)), match.group())
        for path in TEXTS
        for match in PROMISES.finditer(path.read_text("utf-8"))
    }
    for path, text in strings(translations()).items():
        found |= {(".".join(path), match.group()) for match in PROMISES.finditer(text)}
    assert found == set()


def test_h54_the_readme_and_the_first_dialog_say_what_this_is_not() -> None:
    first_dialog = translations()["config"]["step"]["user"]["description"]
    for text in ((ROOT / "README.md").read_text("utf-8"), first_dialog):
        said = " ".join(text.replace(">", "").split())
        assert "not a certified alarm, nurse-call or medical device" in said
        assert "telephone" in said
        assert "check which rules apply where you are" in said
