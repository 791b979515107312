"""Zigbee devices as they are sold, for the simulated network."""

from zigpy import types as t
from zigpy.profiles import zha as zha_profile

from .zigbee import (
    BASIC,
    CIE_ADDRESS,
    IAS_ACE,
    IAS_ZONE,
    IDENTIFY,
    ON_OFF,
    OTA,
    POWER_CONFIGURATION,
    ZONE_ID,
    ZONE_STATE,
    ZONE_STATUS,
    ZONE_TYPE,
    ZONE_TYPE_REMOTE_CONTROL,
    Attributes,
    Device,
    Endpoint,
    Type,
)


def pendant(number: int = 1) -> Device:
    """Return a Heiman SOS-EM, an emergency pendant that is an IAS Zone of type remote control."""
    zone: Attributes = {
        ZONE_STATE: (Type.enum8, 0),
        ZONE_TYPE: (Type.enum16, ZONE_TYPE_REMOTE_CONTROL),
        ZONE_STATUS: (Type.map16, 0),
        CIE_ADDRESS: (Type.EUI64, t.EUI64([0xFF] * 8)),
        ZONE_ID: (Type.uint8, 0xFF),
    }
    servers = {**_common("HEIMAN", "SOS-EM"), IAS_ZONE: zone}
    return _device(number, 0x120B, Endpoint(zha_profile.DeviceType.IAS_ZONE, servers, [OTA]))


def key_fob(number: int = 2) -> Device:
    """Return a Heiman RC-EF-3.0, a key fob that is an IAS ACE client."""
    kind = zha_profile.DeviceType.IAS_ANCILLARY_CONTROL
    return _device(number, 0x120B, Endpoint(kind, _common("HEIMAN", "RC-EF-3.0"), [OTA, IAS_ACE]))


def scene_button(number: int = 3) -> Device:
    """Return an eWeLink WB01, an On/Off button that tells how often it was pressed by what it sends."""
    kind = zha_profile.DeviceType.ON_OFF_SWITCH
    return _device(number, 0x1286, Endpoint(kind, _common("eWeLink", "WB01"), [IDENTIFY, ON_OFF]))


def _device(number: int, manufacturer_code: int, endpoint: Endpoint) -> Device:
    return Device(f"00:0d:6f:00:00:00:10:{number:02x}", 0x1000 + number, manufacturer_code, {1: endpoint})


def _common(manufacturer: str, model: str) -> dict[int, Attributes]:
    """Return what every battery device has: who made it, its battery, and a way to be found."""
    return {
        BASIC: {
            0x0000: (Type.uint8, 3),
            0x0001: (Type.uint8, 1),
            0x0004: (Type.string, manufacturer),
            0x0005: (Type.string, model),
            0x0007: (Type.enum8, 3),
        },
        POWER_CONFIGURATION: {
            0x0020: (Type.uint8, 30),
            0x0021: (Type.uint8, 180),
            0x0031: (Type.enum8, 3),
            0x0033: (Type.uint8, 1),
        },
        IDENTIFY: {0x0000: (Type.uint16, 0)},
    }
