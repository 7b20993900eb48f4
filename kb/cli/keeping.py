"""Commands that keep the file well: status, doctor, index, serve, backup, upgrade."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from kb.cli.options import print_json, progress, say


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def status(db: Path, as_json: bool) -> None:
    """Say what is in the file, how old the indexes are, which model.

    \b
    Example:
      kb status
    """
    from kb.condition import condition

    content = condition(db)
    if as_json:
        print_json(content)
        return
    counts = content["counts"]
    click.echo(f"{content['database']} (schema {content['schema']}, {content['bytes'] / 1e6:.1f} MB)")
    click.echo(f"  records   {counts['records']}, from {counts['source_records']} descriptions in", nl=False)
    click.echo(f" {counts['sources']} sources; {counts['problems']} problems")
    click.echo(f"  judged    {counts['decisions']} decisions; {counts['doubts']} doubtful pairs", nl=False)
    click.echo(f" (`kb dedupe --review`); {counts['links']} links between works")
    tagger = f", by {content['tagger']}" if content["tagger"] else ""
    click.echo(f"  tags      {counts['tags']} on {counts['tagged_records']} records{tagger}")
    index = content["index"]
    if index is None:
        click.echo(f"  indexes   {content['index_problem']}")
        return
    state = "current" if content["index_current"] else "older than the records: run `kb index`"
    click.echo(f"  indexes   {index['engine']}, built {index['built']}, {state}")
    model = (
        f"{index['model']} ({index['model_sha256'][:12]})" if index["model"] else "none: keyword search only"
    )
    click.echo(f"  model     {model}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def doctor(db: Path, as_json: bool) -> None:
    """Check the file and its indexes; exit 1 if something is wrong.

    \b
    Example:
      kb doctor
    """
    from kb.condition import examine

    faults = examine(db)
    if as_json:
        print_json({"database": str(db), "faults": faults})
    for fault in faults if not as_json else ():
        click.echo(fault)
    if not faults and not as_json:
        click.echo(f"{db}: all is well.")
    sys.exit(1 if faults else 0)


@click.command()
@click.option("--engine", help="The keyword engine; without it the number of records decides.")
@click.option(
    "--model",
    metavar="NAME_OR_PATH",
    help="A sentence-transformers model, kept for later builds; `default` goes back to the packaged one.",
)
@click.option(
    "--rerank/--no-rerank",
    default=None,
    help="Keep what the best hits are ordered anew by (10 kB a record); by default up to 50,000 records.",
)
@click.option("--json", "as_json", is_flag=True, help="The manifest of the index as JSON.")
@click.pass_obj
def index(db: Path, engine: str | None, model: str | None, rerank: bool | None, as_json: bool) -> None:
    """Rebuild the indexes; the old ones answer until the new are whole.

    Only texts that are new to the model are embedded; a build that was broken off goes on where it was.

    \b
    Examples:
      kb index
      kb index --engine tantivy
    """
    from corpus.store import Store
    from kb import pipeline

    with progress() as report, Store.open(db) as store:
        manifest = pipeline.index(store, engine=engine, model=model, rerank=rerank, report=report)
    if as_json:
        print_json(asdict(manifest))
        return
    model = manifest.model or "none (keyword search only)"
    click.echo(f"{manifest.records} records: {manifest.engine} for words, {model} for meaning.")
    for note in (*manifest.repaired, *manifest.notes):
        say(f"Note: {note}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="The port.")
@click.option(
    "--prefix", default="/", show_default=True, help="What every address begins with, behind a proxy."
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy (address or network, several times) that tells the visitor's address and https.",
)
@click.option(
    "--sign-in",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="KB_SIGN_IN",
    show_envvar=True,
    metavar="FILE",
    help="Who may change things on the site: a name and a token on each line. A token is made with"
    ' python -c "import secrets; print(secrets.token_urlsafe())".',
)
@click.pass_obj
def serve(
    db: Path, host: str, port: int, prefix: str, proxies: tuple[str, ...], sign_in: Path | None
) -> None:
    """Serve the Datasette site of the file until Ctrl-C.

    \b
    Examples:
      kb serve --port 8001
      kb serve --prefix /evidence/ --proxy 127.0.0.1
      kb serve --sign-in people.txt
    """
    from kb.serving import serve as serve_site

    serve_site(
        db,
        host=host,
        port=port,
        prefix=prefix,
        proxies=proxies,
        sign_in=sign_in,
        warn=say,
        ready=lambda address: say(f"Serving {db} at {address} until Ctrl-C."),
    )


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(db: Path, target: Path) -> None:
    """Copy the file to TARGET, whole even while it is in use.

    \b
    Example:
      kb backup evidence-backup.db
    """
    from kb.condition import copy_to

    copy_to(db, target)
    say(f"{target}: a copy of {db}. Its indexes are rebuilt with `kb --db {target} index`.")


@click.command()
@click.pass_obj
def upgrade(db: Path) -> None:
    """Bring a file of an older program to this schema, keeping a backup.

    \b
    Example:
      kb upgrade
    """
    from kb.condition import upgrade as upgrade_file

    kept = upgrade_file(db)
    say(
        f"{db}: upgraded; the file as it was is {kept}."
        if kept
        else f"{db}: has this program's schema already."
    )


COMMANDS = (status, doctor, index, serve, backup, upgrade)
