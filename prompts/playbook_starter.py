"""The files that a playbook of one's own begins with: ours with their remarks, and pointers to the schemas beside them.

Returns texts; who writes them to disk is asked elsewhere.
"""

from prompts import playbook_files as files, playbook_schema

README = "README.md"
_README = """\
# Our playbook

What our company asks of its AI pilots: stages, gates, who decides them, questions. Preflight reads it when it starts.

    python -m bot playbook check {folder}    # everything that is wrong, with file and line
    python -m bot playbook diff {folder}     # what would change, also for pilots that are on their way

Set `PREFLIGHT_PLAYBOOK={folder}` and start Preflight again to use it. Ids stay for ever; everything else may be reworded.
`policies.yaml`, `nudges.yaml`, `coaching.yaml`, `framework.yaml` and `posture.yaml` may be removed: Preflight's own are used then.
Editors that know YAML schemas complete the keys; after an update of Preflight, `python -m bot playbook schema {folder}` brings
them up to date.
"""


def starter(folder: str) -> dict[str, str]:
    """Return the files of a new playbook by name; `folder` is how its commands call it."""
    texts = {README: _README.replace("{folder}", folder)}
    for path in sorted(files.DEFAULT_FOLDER.rglob("*.yaml")):
        name = path.relative_to(files.DEFAULT_FOLDER).as_posix()
        texts[name] = playbook_schema.line_for(name) + "\n" + path.read_text(encoding="utf-8")
    return texts | schema_files()


def schema_files() -> dict[str, str]:
    """Return the schemas by the names that the files' first lines point to."""
    return {f"{playbook_schema.FOLDER}/{name}": text for name, text in playbook_schema.schemas().items()}
