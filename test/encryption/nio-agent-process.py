"""A client not written here: matrix-nio (Python, vodozemac), driven by nio-agent.ts with one JSON object a line."""

import asyncio
import json
import logging
import sys
import time

from nio import (
    AsyncClient,
    AsyncClientConfig,
    ErrorResponse,
    Event,
    MegolmEvent,
    RoomKeyEvent,
    UnknownToDeviceEvent,
)

# Its logs name users and would mix with nothing: standard output is the protocol.
logging.disable(logging.CRITICAL)


class Agent:
    def __init__(self):
        self.client = None
        self.syncing = None
        # By event id, in the order of arrival; a later decryption replaces the entry.
        self.seen = {}
        self.unread = {}

    async def start(self, url, userId, deviceId, accessToken, store):
        config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
        self.client = AsyncClient(url, userId, device_id=deviceId, store_path=store, config=config)
        self.client.restore_login(userId, deviceId, accessToken)
        self.client.add_event_callback(self.take, Event)
        self.client.add_to_device_callback(self.retry, (RoomKeyEvent, UnknownToDeviceEvent))
        self.syncing = asyncio.create_task(self.client.sync_forever(timeout=1000, full_state=True))
        await self.client.synced.wait()
        return True

    async def take(self, room, event):
        if isinstance(event, MegolmEvent):
            self.unread[event.event_id] = event
        self.note(room.room_id, event)

    def note(self, room, event):
        # nio strips the relation of an encrypted event; it stays readable in what the homeserver sent.
        self.seen[event.event_id] = {
            "id": event.event_id,
            "room": room,
            "type": event.source.get("type"),
            "sender": event.sender,
            "content": event.source.get("content", {}),
            "decrypted": bool(getattr(event, "decrypted", False)),
            "failed": isinstance(event, MegolmEvent),
        }

    async def retry(self, _):
        for event in list(self.unread.values()):
            try:
                clear = self.client.decrypt_event(event)
            except Exception:  # Still no key: it stays among the unread, and the test says so.
                continue
            del self.unread[event.event_id]
            self.note(event.room_id, clear)

    async def call(self, method, path, body=None):
        answer = await self.client.send(
            method,
            "/_matrix/client/v3" + path,
            None if body is None else json.dumps(body),
            {"Authorization": f"Bearer {self.client.access_token}", "Content-Type": "application/json"},
        )
        result = await answer.json()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {result}")
        return result

    async def create_room(self, options):
        return (await self.call("POST", "/createRoom", options))["room_id"]

    async def join(self, room):
        return good(await self.client.join(room)).room_id

    async def wait_for_member(self, room, userId):
        """Joined, and with a device to encrypt for, as a person who sees the other come before writing."""

        def ready():
            known = self.client.rooms.get(room)
            member = known and known.users.get(userId)
            devices = [d for d in self.client.device_store.active_user_devices(userId)]
            return bool(known and known.encrypted and member and not member.invited and devices)

        return await until(f"{userId} in the room", ready)

    async def send(self, room, content):
        sent = await self.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
        return good(sent).event_id

    async def timeline(self, room):
        return [event for event in self.seen.values() if event["room"] == room]

    async def stop(self):
        self.syncing.cancel()
        await self.client.close()
        return True


def good(response):
    if isinstance(response, ErrorResponse):
        raise RuntimeError(str(response))
    return response


async def until(what, look, limit=30):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        await asyncio.sleep(0.05)
    raise RuntimeError(f"no {what} after {limit} s")


async def main():
    agent = Agent()
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        request = json.loads(line)
        try:
            result = await getattr(agent, request["command"])(**request["given"])
            answer = {"id": request["id"], "result": result}
        except Exception as error:
            answer = {"id": request["id"], "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
        if request["command"] == "stop":
            return


asyncio.run(main())
