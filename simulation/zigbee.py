"""A Zigbee network without a radio, behind the stack server that ZHA's Ziggurat radio type talks to.

Home Assistant's own `zha` integration connects to it unpatched, over a websocket. Every frame is real: ZDO and
ZCL bytes go through zigpy's own packet path in both directions, so a device joins, is interviewed, bound and
enrolled, and then sends what the real one sends.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
import logging
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web
from zigpy import types as t
from zigpy.zcl import foundation
from zigpy.zdo import types as zdo
from zigpy_ziggurat.zigbee import protocol

from .loopback import serve

_LOGGER = logging.getLogger(__name__)

COORDINATOR = t.EUI64.convert("00:12:4b:00:aa:bb:cc:dd")
HOME_AUTOMATION = 0x0104
EVERYBODY_AWAKE = 0xFFFD

BASIC = 0x0000
POWER_CONFIGURATION = 0x0001
IDENTIFY = 0x0003
OTA = 0x0019
ON_OFF = 0x0006
IAS_ZONE = 0x0500
IAS_ACE = 0x0501

ALARM_KEYS = {"emergency": 2, "fire": 3, "panic": 4}
SWITCH_COMMANDS = {"off": 0, "on": 1, "toggle": 2}

ZONE_STATE = 0x0000
ZONE_TYPE = 0x0001
ZONE_STATUS = 0x0002
CIE_ADDRESS = 0x0010
ZONE_ID = 0x0011
ZONE_TYPE_REMOTE_CONTROL = 0x010F

# Frame control bits of a ZCL header
CLUSTER_COMMAND = 0x01
FROM_SERVER = 0x08
NO_DEFAULT_RESPONSE = 0x10

Type = foundation.DataTypeId
General = foundation.GeneralCommand

type Attributes = dict[int, tuple[int, Any]]
"""Attribute id to ZCL type id and value."""


@dataclass(slots=True)
class Endpoint:
    """One endpoint of a device: server clusters with their attributes, and client clusters."""

    device_type: int
    servers: dict[int, Attributes]
    clients: list[int] = field(default_factory=list)


class Device:
    """A sleepy end device. It answers the coordinator and sends what it is told to send."""

    def __init__(self, ieee: str, nwk: int, manufacturer_code: int, endpoints: Mapping[int, Endpoint]) -> None:
        """Make a device that has not joined."""
        self.ieee = t.EUI64.convert(ieee)
        self.nwk = nwk
        self.endpoints = endpoints
        self._manufacturer_code = manufacturer_code
        self.received: list[tuple[int, int, bytes]] = []
        """Cluster commands that the coordinator sent: cluster, command, payload."""
        self._network: ZigbeeNetwork | None = None
        self._sequence = 0

    def attach(self, network: ZigbeeNetwork) -> None:
        """Put the device within reach of a network."""
        self._network = network

    async def announce(self) -> None:
        """Tell the network that the device is there; it is interviewed in return."""
        await self._zdo(zdo.ZDOCmd.Device_annce, t.NWK(self.nwk), self.ieee, 0x80, destination=EVERYBODY_AWAKE)

    async def zone_status(self, status: int, endpoint: int = 1) -> None:
        """Send an IAS Zone Status Change Notification: bit 0 alarm 1, 1 alarm 2, 2 tamper, 3 battery."""
        attributes = self.endpoints[endpoint].servers[IAS_ZONE]
        attributes[ZONE_STATUS] = (Type.map16, status)
        zone = attributes[ZONE_ID][1]
        payload = status.to_bytes(2, "little") + bytes([0, zone, 0, 0])
        await self._command(endpoint, IAS_ZONE, 0x00, payload)

    async def receive(self, request: Any) -> None:
        """Take a frame from the coordinator."""
        if request.profile_id == 0 and request.dst_ep == 0:
            await self._on_zdo(zdo.ZDOCmd(request.cluster_id), bytes(request.asdu))
        else:
            await self._on_zcl(request.dst_ep, request.src_ep, request.cluster_id, bytes(request.asdu))

    async def _aps(  # noqa: PLR0917  in the order of the frame
        self,
        profile: int,
        cluster: int,
        source: int,
        target: int,
        data: bytes,
        destination: int = 0,
    ) -> None:
        assert self._network is not None, "a device sends only within a network"
        frame = protocol.ReceivedAps(
            source=t.NWK(self.nwk),
            destination=t.NWK(destination),
            has_group=t.Bool(False),
            group=t.uint16_t(0),
            profile_id=t.uint16_t(profile),
            cluster_id=t.uint16_t(cluster),
            src_ep=t.uint8_t(source),
            dst_ep=t.uint8_t(target),
            lqi=t.uint8_t(180),
            rssi=t.int8s(-60),
            data=t.LongOctetString(data),
        )
        await self._network.notify(protocol.NotificationCommand.RECEIVED_APS, frame)

    async def _zdo(
        self, command: zdo.ZDOCmd, *arguments: Any, sequence: int | None = None, destination: int = 0
    ) -> None:
        number = self._next_sequence() if sequence is None else sequence
        data = bytes([number]) + t.serialize(arguments, zdo.CLUSTERS[command][1])
        await self._aps(0, command, 0, 0, data, destination)

    async def alarm_key(self, key: str, endpoint: int = 1) -> None:
        """Press a key of an IAS ACE key fob or keypad: emergency, fire or panic."""
        await self._command(endpoint, IAS_ACE, ALARM_KEYS[key], b"", from_server=False)

    async def switch(self, command: str, endpoint: int = 1) -> None:
        """Press a button of an On/Off remote: off, on or toggle."""
        await self._command(endpoint, ON_OFF, SWITCH_COMMANDS[command], b"", from_server=False)

    async def _command(
        self, endpoint: int, cluster: int, command: int, payload: bytes, *, from_server: bool = True
    ) -> None:
        """Send a cluster command, from the server or the client side of the cluster."""
        control = CLUSTER_COMMAND | (FROM_SERVER if from_server else 0)
        data = bytes([control, self._next_sequence(), command]) + payload
        await self._aps(HOME_AUTOMATION, cluster, endpoint, 1, data)

    def _next_sequence(self) -> int:
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    async def _on_zdo(self, command: zdo.ZDOCmd, data: bytes) -> None:
        commands, success, nwk = zdo.ZDOCmd, zdo.Status.SUCCESS, t.NWK(self.nwk)
        if command & 0x8000:  # a response
            return
        arguments, _ = t.deserialize(data[1:], zdo.CLUSTERS[command][1])
        answer: tuple[Any, ...]
        match command:
            case commands.Node_Desc_req:
                answer = (success, nwk, self._node_descriptor())
            case commands.Active_EP_req:
                answer = (success, nwk, list(self.endpoints))
            case commands.Simple_Desc_req:
                answer = (success, nwk, self._simple_descriptor(arguments[1]))
            case commands.Bind_req | commands.Unbind_req:
                answer = (success,)
            case commands.NWK_addr_req | commands.IEEE_addr_req:
                answer = (success, self.ieee, nwk, 0, 0, [])
            case commands.Mgmt_Lqi_req:
                answer = (success, zdo.Neighbors(Entries=0, StartIndex=0, NeighborTableList=[]))
            case commands.Mgmt_Rtg_req:
                answer = (success, zdo.Routes(Entries=0, StartIndex=0, RoutingTableList=[]))
            case _:
                _LOGGER.info("%s does not answer %s", self.ieee, command)
                return
        await self._zdo(zdo.ZDOCmd(command | 0x8000), *answer, sequence=data[0])

    def _node_descriptor(self) -> zdo.NodeDescriptor:
        descriptor = zdo.NodeDescriptor
        return descriptor(
            logical_type=zdo.LogicalType.EndDevice,
            complex_descriptor_available=0,
            user_descriptor_available=0,
            reserved=0,
            aps_flags=0,
            frequency_band=descriptor.FrequencyBand.Freq2400MHz,
            mac_capability_flags=descriptor.MACCapabilityFlags.AllocateAddress,
            manufacturer_code=self._manufacturer_code,
            maximum_buffer_size=82,
            maximum_incoming_transfer_size=82,
            server_mask=0,
            maximum_outgoing_transfer_size=82,
            descriptor_capability_field=descriptor.DescriptorCapability.NONE,
        )

    def _simple_descriptor(self, endpoint_id: int) -> zdo.SizePrefixedSimpleDescriptor:
        endpoint = self.endpoints[endpoint_id]
        return zdo.SizePrefixedSimpleDescriptor(
            endpoint=endpoint_id,
            profile=HOME_AUTOMATION,
            device_type=endpoint.device_type,
            device_version=1,
            input_clusters=list(endpoint.servers),
            output_clusters=list(endpoint.clients),
        )

    async def _on_zcl(self, endpoint: int, peer: int, cluster: int, data: bytes) -> None:
        header, body = foundation.ZCLHeader.deserialize(data)
        to_client = bool(header.direction)
        attributes = {} if to_client else self.endpoints[endpoint].servers.get(cluster, {})

        async def reply(command: int, payload: bytes) -> None:
            manufacturer = header.manufacturer.to_bytes(2, "little") if header.manufacturer is not None else b""
            # zigpy drops a reply that does not go in the opposite direction
            control = NO_DEFAULT_RESPONSE | (0 if to_client else FROM_SERVER) | (0x04 if manufacturer else 0)
            frame = bytes([control]) + manufacturer + bytes([header.tsn, command]) + payload
            await self._aps(HOME_AUTOMATION, cluster, endpoint, peer, frame)

        if header.frame_control.is_cluster:
            self.received.append((cluster, header.command_id, body))
            if cluster == IAS_ZONE and header.command_id == 0x00 and not to_client:  # enrol response
                attributes[ZONE_STATE] = (Type.enum8, 1)
                attributes[ZONE_ID] = (Type.uint8, body[1])
            if not header.frame_control.disable_default_response:
                await reply(General.Default_Response, bytes([header.command_id, foundation.Status.SUCCESS]))
            return
        match header.command_id:
            case General.Read_Attributes:
                await reply(General.Read_Attributes_rsp, _read(attributes, body))
            case General.Write_Attributes:
                _write(attributes, body)
                await reply(General.Write_Attributes_rsp, bytes([foundation.Status.SUCCESS]))
                if cluster == IAS_ZONE:  # it now knows whom to report to, and asks to be enrolled
                    zone_type: int = attributes[ZONE_TYPE][1]
                    request = zone_type.to_bytes(2, "little") + self._manufacturer_code.to_bytes(2, "little")
                    await self._command(endpoint, IAS_ZONE, 0x01, request)
            case General.Configure_Reporting:
                await reply(General.Configure_Reporting_rsp, bytes([foundation.Status.SUCCESS]))
            case General.Default_Response | General.Read_Attributes_rsp:
                pass
            case unknown:
                refusal = bytes([unknown, foundation.Status.UNSUP_GENERAL_COMMAND])
                await reply(General.Default_Response, refusal)


def _read(attributes: Attributes, wanted: bytes) -> bytes:
    records = b""
    for start in range(0, len(wanted), 2):
        attribute = wanted[start : start + 2]
        records += attribute
        if (known := attributes.get(int.from_bytes(attribute, "little"))) is None:
            records += bytes([foundation.Status.UNSUPPORTED_ATTRIBUTE])
        else:
            type_id, value = known
            python_type: Any = foundation.DataType.from_type_id(Type(type_id)).python_type
            records += bytes([foundation.Status.SUCCESS, type_id]) + python_type(value).serialize()
    return records


def _write(attributes: Attributes, records: bytes) -> None:
    while records:
        record, records = foundation.Attribute.deserialize(records)
        attributes[int(record.attrid)] = (int(record.value.type), record.value.value)


class ZigbeeNetwork:
    """The stack server: the radio's side of the websocket, with devices behind it."""

    def __init__(self, *devices: Device) -> None:
        """Make a network of devices that join as soon as joining is permitted."""
        self._devices = devices
        for device in devices:
            device.attach(self)
        self._socket: web.WebSocketResponse | None = None
        self._state: Any = None
        self._joined: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_heard = 0.0
        self.url = ""

    async def __aenter__(self) -> Self:
        """Start to listen on a free port."""
        app = web.Application()
        app.router.add_get("/", self._connected)
        self._server = serve(app)
        self.url = f"ws://{await self._server.__aenter__()}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        for task in list(self._tasks):
            task.cancel()
        await self.unplug()
        await self._server.__aexit__(kind, error, traceback)

    async def unplug(self) -> None:
        """Take the radio away; it is there again for whoever connects anew."""
        if self._socket is not None:
            await self._socket.close()

    async def quiet(self, seconds: float = 0.3) -> None:
        """Wait until the coordinator has sent nothing for so long, so that nothing is cut off half-way."""
        while time.monotonic() - self._last_heard < seconds:
            await asyncio.sleep(0.05)

    async def notify(self, command: protocol.NotificationCommand, payload: Any, request: int = 0) -> None:
        """Send the coordinator something it did not ask for."""
        await self._send(protocol.FrameType.NOTIFICATION, command, request, payload.serialize())

    async def _send(self, kind: protocol.FrameType, command: int, request: int, payload: bytes) -> None:
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_bytes(protocol.encode_reply(kind, command, request, payload))

    async def _connected(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        hello = protocol.Hello(
            protocol_version=t.uint8_t(protocol.PROTOCOL_VERSION), configured=t.Bool(self._state is not None)
        )
        await self.notify(protocol.NotificationCommand.HELLO, hello)
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                self._last_heard = time.monotonic()
                header, body = protocol.Header.deserialize(message.data)
                await self._on_request(protocol.RequestCommand(header.command), int(header.request_id), body)
        return socket

    async def _answer(self, command: protocol.RequestCommand, request: int, payload: Any = None) -> None:
        body = payload.serialize() if payload is not None else b""
        await self._send(protocol.FrameType.RESPONSE, command, request, bytes([protocol.Status.OK]) + body)

    async def _on_request(  # noqa: C901, PLR0912  an arm for each request of the protocol
        self, command: protocol.RequestCommand, number: int, body: bytes
    ) -> None:
        requests = protocol.RequestCommand
        request = protocol.REQUESTS[command].deserialize(body)[0]
        match command:
            case requests.GET_FIRMWARE_INFO:
                version = t.uint8_t(protocol.PROTOCOL_VERSION)
                name = t.LongCharacterString("simulation/1.0")
                await self._answer(command, number, protocol.FirmwareInfo(protocol_version=version, version=name))
            case requests.GET_HW_ADDRESS:
                await self._answer(command, number, protocol.HwAddress(ieee=COORDINATOR))
            case requests.GET_NETWORK_INFO if self._state is None:
                refusal = bytes([protocol.Status.NOT_CONFIGURED])
                await self._send(protocol.FrameType.RESPONSE, command, number, refusal)
            case requests.GET_NETWORK_INFO:
                info = protocol.NetworkInfo(state=self._state, key_count=t.uint16_t(0), started=t.Bool(True))
                await self._answer(command, number, info)
            case requests.CONFIGURE:
                self._state = request.state
                await self._answer(command, number)
            case (
                requests.SCAN_KEY_TABLE
                | requests.SCAN_CHILDREN
                | requests.SCAN_ADDRESS_CACHE
                | requests.SCAN_ROUTE_TABLE
            ):
                await self._answer(command, number, protocol.ScanCount(count=t.uint16_t(0)))
            case requests.ENERGY_SCAN:
                for channel in request.channels:
                    energy = protocol.EnergyResult(channel=channel, rssi=t.int8s(-90))
                    await self._send(protocol.FrameType.EVENT, command, number, energy.serialize())
                await self._answer(command, number)
            case requests.PERMIT_JOINS:
                await self._answer(command, number)
                if int(request.duration):
                    self._let_join()
            case requests.CANCEL_REQUEST:
                await self._answer(command, number, protocol.CancelResult(cancelled=t.Bool(False)))
            case requests.SEND_UNICAST:
                await self._answer(command, number)
                await self._on_unicast(request, number)
            case requests.SEND_BROADCAST | requests.SEND_GROUPCAST:
                await self._answer(command, number)
                confirm = protocol.BroadcastConfirm(status=protocol.SendStatus.SUCCESS)
                await self.notify(protocol.NotificationCommand.BROADCAST_CONFIRM, confirm, number)
            case _:  # reset, load, start and settings
                await self._answer(command, number)

    async def _on_unicast(self, request: Any, number: int) -> None:
        device = next(
            (
                d
                for d in self._devices
                if (d.ieee == request.destination_eui64 if request.has_eui64 else d.nwk == int(request.destination))
            ),
            None,
        )
        sent = protocol.SendConfirm(status=protocol.SendStatus.SUCCESS)
        await self.notify(protocol.NotificationCommand.SEND_CONFIRM, sent, number)
        if request.aps_ack:
            status = protocol.SendStatus.SUCCESS if device else protocol.SendStatus.APS_ACK_TIMEOUT
            acknowledged = protocol.ApsAckConfirm(status=status)
            await self.notify(protocol.NotificationCommand.APS_ACK_CONFIRM, acknowledged, number)
        if device is not None:
            self._start(device.receive(request))

    def _let_join(self) -> None:
        for device in self._devices:
            if device.nwk not in self._joined:
                self._joined.add(device.nwk)
                self._start(device.announce())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("A simulated device failed", exc_info=error)
