"""A person at another client: matrix-nio with Olm, as Debian packages it. Driven line by line.

Reads commands as JSON lines on stdin, {"id": 1, "do": "say", ...}, and answers {"id": 1, "result": ...} or {"id": 1, "error": "..."}.
"""
import asyncio
import json
import sys
import tempfile
import traceback

from nio import (AsyncClient, AsyncClientConfig, ErrorResponse, MegolmEvent, RoomMessageText)


class NioPerson:
    def __init__(self):
        self.client = None
        self.store = None
        self.syncing = None
        self.texts = {}
        self.undecryptable = {}

    async def login(self, url, user, password):
        self.store = tempfile.TemporaryDirectory(prefix="valise-e2e-nio-")
        config = AsyncClientConfig(store_sync_tokens=True, encryption_enabled=True)
        self.client = AsyncClient(url, user, store_path=self.store.name, config=config)
        self.client.add_event_callback(self.on_text, RoomMessageText)
        self.client.add_event_callback(self.on_undecryptable, MegolmEvent)
        await self.checked(self.client.login(password, device_name="nio"))
        await self.checked(self.client.sync(timeout=0, full_state=True))
        self.syncing = asyncio.create_task(self.client.sync_forever(timeout=10000))
        while self.client.should_upload_keys:
            await asyncio.sleep(0.1)
        return {"user": self.client.user_id, "device": self.client.device_id}

    async def on_text(self, room, event):
        self.texts.setdefault(room.room_id, []).append(
            {"sender": event.sender, "body": event.body, "encrypted": event.decrypted})

    async def on_undecryptable(self, room, event):
        self.undecryptable.setdefault(room.room_id, []).append(event.event_id)

    async def join(self, room):
        await self.checked(self.client.join(room))
        while room not in self.client.rooms or not self.client.rooms[room].encrypted:
            await asyncio.sleep(0.1)

    async def say(self, room, text):
        response = await self.checked(self.client.room_send(
            room, "m.room.message", {"msgtype": "m.text", "body": text}, ignore_unverified_devices=True))
        return response.event_id

    async def read(self, room):
        return {"texts": self.texts.get(room, []), "undecryptable": self.undecryptable.get(room, [])}

    async def members(self, room):
        return list(self.client.rooms[room].users) if room in self.client.rooms else []

    async def devices(self, user):
        return [device.id for device in self.client.device_store.active_user_devices(user)]

    async def logout(self):
        await self.stop_syncing()
        await self.checked(self.client.logout())

    async def stop(self):
        await self.stop_syncing()
        if self.client is not None:
            await self.client.close()

    async def stop_syncing(self):
        if self.syncing is not None:
            self.syncing.cancel()
            await asyncio.gather(self.syncing, return_exceptions=True)
            self.syncing = None

    async def checked(self, request):
        response = await request
        if isinstance(response, ErrorResponse):
            raise RuntimeError(str(response))
        return response


async def main():
    person = NioPerson()
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        command = json.loads(line)
        number = command.pop("id")
        todo = command.pop("do")
        try:
            answer = {"id": number, "result": await getattr(person, todo)(**command)}
        except Exception:
            answer = {"id": number, "error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)
        if todo == "stop":
            break


asyncio.run(main())
