"""The Slack workspaces that installed Preflight."""

from sqlalchemy import bindparam, select

from bot.domain.values import Frozen
from storage.repository import Repository
from storage.statements import insert_or_replace
from storage.tables import WORKSPACE

_REMEMBER = insert_or_replace(WORKSPACE, ["workspace_id"])
_GET = select(WORKSPACE).where(WORKSPACE.c.workspace_id == bindparam("workspace_id_"))
_ALL = select(WORKSPACE).order_by(WORKSPACE.c.workspace_id)


class Workspace(Frozen):
    """A workspace as Slack last described it."""

    workspace_id: str
    name: str
    url: str
    bot_user_id: str


class Workspaces(Repository):
    """The workspaces that are known."""

    def remember(self, workspace_id: str, name: str, url: str, bot_user_id: str) -> None:
        workspace = Workspace(workspace_id=workspace_id, name=name, url=url, bot_user_id=bot_user_id)
        self._tx.execute(_REMEMBER, workspace.model_dump())

    def get(self, workspace_id: str) -> Workspace | None:
        row = self._tx.execute(_GET, {"workspace_id_": workspace_id}).mappings().first()
        return None if row is None else Workspace.model_validate(dict(row))

    def all(self) -> list[Workspace]:
        return [Workspace.model_validate(dict(row)) for row in self._tx.execute(_ALL).mappings()]
