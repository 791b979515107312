"""The stories that `scripts/demo --check` plays against a real Home Assistant, each with what must come of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from simulation.world import World

from .ble import every_bluetooth_button
from .common import Result
from .covert import a_covert_call_while_somebody_looks, covert_calls_from_a_fob_a_keypad_and_a_phone
from .dialogs import every_dialog_in_a_browser
from .escalation import nobody_arrives_until_the_second_round
from .evidence import pictures_of_every_camera
from .lockdown import doors_that_fail_in_every_way
from .mqtt import every_mqtt_button
from .page import a_call_on_the_page
from .phone import a_call_from_a_phone
from .phones import phones_that_fail_in_every_way
from .power_cut import unanswered_then_power_cut
from .restart import cut_in_every_phase
from .two_calls import a_call_that_changes_hands, two_falls_and_one_caretaker
from .zigbee import every_zigbee_button
from .zwave import every_zwave_button


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story, and the house that it needs."""

    play: Callable[[World], Awaitable[Result]]
    radio: bool = True
    phone_name: str | None = None
    all_devices: bool = False
    bluetooth: bool = False
    people: tuple[str, ...] = ("Ann", "Bob")


SCENARIOS = {
    "pendant": Scenario(unanswered_then_power_cut),
    "zigbee": Scenario(every_zigbee_button, all_devices=True),
    "zwave": Scenario(every_zwave_button, radio=False),
    "mqtt": Scenario(every_mqtt_button, radio=False),
    "ble": Scenario(every_bluetooth_button, radio=False, bluetooth=True),
    "phone": Scenario(a_call_from_a_phone, radio=False),
    "restart": Scenario(cut_in_every_phase, radio=False),
    "busy": Scenario(two_falls_and_one_caretaker, radio=False),
    "handover": Scenario(a_call_that_changes_hands, radio=False),
    "escalation": Scenario(nobody_arrives_until_the_second_round, radio=False, people=("Ann", "Bob", "Cas", "Dora")),
    "evidence": Scenario(pictures_of_every_camera, radio=False),
    "lockdown": Scenario(doors_that_fail_in_every_way, radio=False),
    "page": Scenario(a_call_on_the_page, radio=False),
    "dialogs": Scenario(every_dialog_in_a_browser, radio=False),
    "button": Scenario(unanswered_then_power_cut, radio=False),
    "phones": Scenario(phones_that_fail_in_every_way, radio=False, phone_name="iPhone"),
    "covert": Scenario(covert_calls_from_a_fob_a_keypad_and_a_phone, all_devices=True, people=("Ann", "Bob", "Cas")),
    "covert-quiet": Scenario(a_covert_call_while_somebody_looks, radio=False),
}
