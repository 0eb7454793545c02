"""Running it: `emeritus serve`, `demo`, `doctor`, `manifest`."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import click

from bot.commands.opening import as_json, print_json, say, settings_for
from bot.doctor.finding import Finding
from bot.logs import sayer

HTTP = click.option("--http", metavar="[HOST:]PORT", help="HTTP at this address, instead of Socket Mode.")


@click.command()
@HTTP
def serve(http: str | None) -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    settings = settings_for(slack="serve", http=http)
    # Each command loads what it needs: Bolt, boto3 and a web server are half a second for all others.
    from bot.serving.watching import serve_watched  # noqa: PLC0415

    serve_watched(settings, say=sayer(os.environ, partial(say, err=True)))


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def demo(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """Play a retirement in a Slack on this machine."""
    # Its parts are an extra; every other command works without them.
    from bot.demo.run import main  # noqa: PLC0415

    ctx.exit(main(list(arguments)))


@click.command()
@click.pass_context
@HTTP
@as_json
def doctor(ctx: click.Context, http: str | None, is_json: bool) -> None:
    """Check tokens, scopes, channel, policy, store and archive; say how to mend what is bad."""
    from bot.doctor import doctor as examination  # noqa: PLC0415

    findings: list[Finding] = []

    def tell(finding: Finding) -> None:
        findings.append(finding)
        if not is_json:
            say(str(finding))

    well = examination.report(os.environ, tell, http=http)
    if is_json:
        print_json(findings)
    ctx.exit(0 if well else 1)


@click.command()
@click.option(
    "--http",
    default=None,
    metavar="URL",
    help="The public address of HTTP mode, e.g. https://bot.example.com",
)
def manifest(http: str | None) -> None:
    """Print the app manifest to paste into Slack: with what EMERITUS_IMPORTS and EMERITUS_POLICY take, too."""
    from bot import manifest as app_manifest  # noqa: PLC0415
    from bot.imports_file import read_imports  # noqa: PLC0415
    from data.policies.policy import read_rules  # noqa: PLC0415
    from workflows.user_groups import named_in  # noqa: PLC0415

    if http is not None and not app_manifest.is_public(http):
        raise click.UsageError(
            f'--http "{http}": no address Slack could call; give the public one, e.g. https://bot.example.com'
        )
    imports, policy = (
        Path(named) if (named := os.environ.get(one, "")) else None
        for one in ("EMERITUS_IMPORTS", "EMERITUS_POLICY")
    )
    rules = read_rules(policy)
    told = app_manifest.text(
        http_url=http or "",
        takes_files=bool(read_imports(imports).channel),
        reads_user_groups=bool(named_in(rules.policy, rules.review)),
    )
    click.echo(told, nl=False)


COMMANDS = (serve, demo, doctor, manifest)
