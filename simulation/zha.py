"""Home Assistant's own ZHA, added through its own dialogs."""

import asyncio
from typing import Any

from .home_assistant import HomeAssistant

FLOW = "/api/config/config_entries/flow"
WANTED = ("setup_strategy_recommended", "form_new_network", "form_initial_network", "reuse_settings")


async def add_zha(home_assistant: HomeAssistant, radio: str, wait_for: str) -> None:
    """Form a network over the radio, and let devices join until one of them has this entity."""
    answer = await home_assistant.post(FLOW, {"handler": "zha"})
    url = f"{FLOW}/{answer['flow_id']}"
    async with asyncio.timeout(60):
        while answer["type"] != "create_entry":
            if answer["type"].startswith("progress"):
                await asyncio.sleep(0.2)
                answer = await home_assistant.get(url)
            else:
                answer = await home_assistant.post(url, _answer(answer, radio))
    await home_assistant.action("zha.permit", {"duration": 60})
    await home_assistant.until(wait_for, lambda state: state is not None)


def _answer(form: dict[str, Any], radio: str) -> dict[str, Any]:
    if form["type"] == "menu":
        return {"next_step_id": next(option for option in form["menu_options"] if option in WANTED)}
    fields = {field["name"]: field for field in form["data_schema"] or []}
    answers: dict[str, Any] = {}
    if "radio_type" in fields:
        options = fields["radio_type"]["options"]
        names = [option[0] if isinstance(option, list) else option for option in options]
        answers["radio_type"] = next(name for name in names if name.startswith("Ziggurat"))
    if "path" in fields:
        answers["path"] = radio
    if "baudrate" in fields:
        answers |= {"baudrate": 115200, "flow_control": "none"}
    return answers
