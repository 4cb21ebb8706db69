"""Signing in and out over HTTP: only an HTTP answer can set a cookie that no script can read."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import RedirectResponse, Response

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.services import codes, demo, identity, users
from crm_app.services.actors import Actor

from . import problems
from .calls import caller, parse_json, read_body, refuse_foreign, reply
from .turns import in_thread

_LIMIT = 10_000
_BY_ITSELF = {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
Enter = Callable[[Mapping[str, Any], str, str, str], identity.SignedIn]
_REMEMBERED = 400 * 86_400  # seconds that a device is known; browsers keep no cookie longer


def build() -> FastAPI:
    """The routes under /auth."""
    router = APIRouter(prefix="/auth")
    _enter(router, "/sign-in", identity.sign_in)
    _enter(router, "/set-up", _set_up)
    _enter(router, "/redeem", _redeem)
    _own(router, "/password", _password)
    _own(router, "/codes-off", lambda actor, form: codes.switch_off(actor, form.get("password")))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    problems.install(app)
    app.include_router(router)
    return app


def _set_up(form: Mapping[str, Any], device: str, address: str, mark: str) -> identity.SignedIn:
    begin = demo.set_up if form.get("start") == "demo" else users.set_up
    return begin(form, device, address, mark)


def _redeem(form: Mapping[str, Any], device: str, address: str, mark: str) -> identity.SignedIn:
    key = form.get("key")
    return users.redeem(
        key if isinstance(key, str) else "", form.get("password"), device, address, code=form.get("code"), mark=mark
    )


def _password(actor: Actor, form: Mapping[str, Any]) -> None:
    users.change_password(actor, form.get("current"), form.get("new"), tokens_too=bool(form.get("tokens_too")))


async def _form(request: Request) -> Mapping[str, Any]:
    """The posted fields. A page of another site may not post them."""
    refuse_foreign(request)
    form = parse_json(await read_body(request, _LIMIT))
    if not isinstance(form, dict):
        raise Invalid({"": Message("Send a JSON object.")})
    return form


def _back(request: Request) -> Response | None:
    """Where a browser posts the form by itself, its page did not run yet: it leads back there, where it can be sent again."""
    if request.headers.get("content-type", "").partition(";")[0] not in _BY_ITSELF:
        return None
    page = urlsplit(request.headers.get("referer", ""))
    here = page.netloc == request.headers.get("host") and re.match(r"/(?![/\\])", page.path)
    return RedirectResponse(page._replace(scheme="", netloc="", fragment="").geturl() if here else "/login", 303)


def _enter(router: APIRouter, path: str, enter: Enter) -> None:
    """A route that ends in a new session and its cookie."""

    async def endpoint(request: Request) -> Response:
        if (back := _back(request)) is not None:
            return back
        form = await _form(request)
        device, address = request.headers.get("user-agent", "")[:200], request.client.host if request.client else ""
        try:
            signed_in = await in_thread(enter, form, device, address, request.cookies.get(identity.DEVICE_COOKIE, ""))
        except codes.CodeNeeded:
            return reply({"step": "code"})
        answer = reply({})
        stay = int(signed_in.lives.total_seconds()) if signed_in.lives == identity.STAY else None
        _set_cookie(request, answer, identity.COOKIE, signed_in.cookie, stay)
        _set_cookie(request, answer, identity.DEVICE_COOKIE, signed_in.mark, _REMEMBERED, path="/auth")
        return answer

    router.add_api_route(path, endpoint, methods=["POST"], include_in_schema=False)


def _set_cookie(request: Request, answer: Response, name: str, value: str, lives: int | None, path: str = "/") -> None:
    """For the server alone: no script reads it, no other site sends it; lives in seconds, None until the browser closes."""
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, max_age=lives, path=path, secure=secure, httponly=True, samesite="lax")


def _own(router: APIRouter, path: str, act: Callable[[Actor, Mapping[str, Any]], None]) -> None:
    """A route by which the person who is signed in changes what is theirs."""

    async def endpoint(request: Request) -> Response:
        if (back := _back(request)) is not None:
            return back
        actor = await in_thread(caller, request)
        await in_thread(act, actor, await _form(request))
        return reply({})

    router.add_api_route(path, endpoint, methods=["POST"], include_in_schema=False)
