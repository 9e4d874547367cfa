"""files.*: uploading in Slack's three steps (ask for an address, put the bytes there, complete)."""

import mimetypes
from urllib.parse import quote

from sandbox import conversations, messages
from sandbox.api.call import Call, Method, missing
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State


def get_upload_url(call: Call) -> Json:
    filename, length = call.text("filename"), call.whole("length", 0, most=10**9)
    if not length:
        raise missing("length")
    file_id = call.state.new_id("F")
    call.state.files[file_id] = {
        "id": file_id,
        "name": filename,
        "size": length,
        "team_id": call.team_id,
        "user": call.bot_user_id,
        "content": None,
        "completed": False,
    }
    return {"upload_url": f"{call.address}/upload/v1/{file_id}", "file_id": file_id}


def complete_upload(call: Call) -> Json:
    wanted = call.nested("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
        raise missing("files")
    channel_id = call.maybe_text("channel_id")
    if channel_id is not None:
        conversations.writable(call.state, call.bot_user_id, channel_id)
    files = [_completed(call, one) for one in wanted]
    if channel_id is not None:
        content: Json = {
            "subtype": "file_share",
            "text": call.maybe_text("initial_comment") or "",
            "files": files,
            "upload": False,
        }
        thread_ts = call.maybe_text("thread_ts")
        author = messages.authored_by_bot(call.state, call.installation)
        message = messages.post(
            call.state, channel_id, author | content | ({"thread_ts": thread_ts} if thread_ts else {})
        )
        for file in files:
            file["shares"] = {"public": {channel_id: [{"ts": message["ts"]}]}}
    return {"files": files}


def _completed(call: Call, wanted: Json) -> Json:
    file = call.state.files.get(str(wanted.get("id")))
    if file is None or file["content"] is None or file["team_id"] != call.team_id:
        raise SlackRefusalError("file_not_found")
    file |= {"completed": True, "title": str(wanted.get("title") or file["name"])}
    return described(call.state, file, call.address)


def stored(state: State, team_id: str, user_id: str, name: str, content: str) -> Json:
    """A file that is complete at once, as when a person drops it into a message."""
    file_id = state.new_id("F")
    state.files[file_id] = {
        "id": file_id,
        "name": name,
        "size": len(content.encode()),
        "team_id": team_id,
        "user": user_id,
        "content": content,
        "completed": True,
    }
    return state.files[file_id]


def described(state: State, file: Json, address: str) -> Json:
    """A file as messages and answers show it: an address for the app to fetch it at, and one for people."""
    created = int(state.clock.timestamp())
    mimetype = mimetypes.guess_type(file["name"])[0] or "application/octet-stream"
    kind = file["name"].rpartition(".")[2].lower() or "text"
    name = quote(file["name"], safe="")
    link = f"{address}/files/{file['id']}/{name}"
    return {
        "id": file["id"],
        "created": created,
        "timestamp": created,
        "name": file["name"],
        "title": file.get("title", file["name"]),
        "mimetype": mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": file["user"],
        "user_team": file["team_id"],
        "editable": False,
        "size": file["size"],
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": link,
        "url_private_download": link,
        "permalink": f"{state.teams[file['team_id']]['url']}files/{file['user']}/{file['id']}/{name}",
        "has_rich_preview": False,
        "file_access": "visible",
    }


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}
