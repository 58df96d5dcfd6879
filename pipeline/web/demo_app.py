"""The application: the page, its examples, and the answer to a photo."""

import asyncio
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pipeline.runtime.classifier import Classifier
from pipeline.runtime.images.unreadable_error import UnreadableError
from pipeline.web.demo_page import demo_page
from pipeline.web.example_images import Example
from pipeline.web.prediction_answer import prediction_answer
from pipeline.web.request_guard import HOSTS, OwnPageOnly, limited_body

AT_ONCE = 2  # photos that are classified at the same time: a large one takes a gigabyte


def demo_app(classifier: Classifier, examples: Sequence[Example]) -> Starlette:
    """Return the application.

    Args:
        classifier: the model to try.
        examples: images to offer.
    """
    page, policy = demo_page(classifier, examples)
    turns = asyncio.Semaphore(AT_ONCE)

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    async def show_example(request: Request) -> Response:
        number = request.path_params["number"]
        if number >= len(examples):
            raise HTTPException(404, f"there is no example {number}")
        return Response(examples[number].png, media_type="image/png")

    async def classify(request: Request) -> Response:
        photo = await limited_body(request)
        async with turns:
            return JSONResponse(await run_in_threadpool(prediction_answer, classifier, photo))

    return Starlette(
        routes=[
            Route("/", show_page),
            Route("/examples/{number:int}", show_example),
            Route("/classify", classify, methods=["POST"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            Middleware(OwnPageOnly),
        ],
        exception_handlers={UnreadableError: _unreadable, HTTPException: _refused},
    )


async def _unreadable(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 422)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)
