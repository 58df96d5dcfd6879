"""One image decoded as preparing decodes it."""

from types import SimpleNamespace

from pipeline.data.packing.decoding.chunk_decoder import ChunkDecoder, DecodingSettings


def decoded(content, preprocessing=None, max_pixels=10**8):
    """Return the verdict, the reason, the digest in hex, and, of an image, its measures and pixels."""
    batch = ChunkDecoder(DecodingSettings(preprocessing, max_pixels, None)).decode(0, [content])
    verdict, reason = batch.failures.get(0, ("ok", ""))
    digest = batch.digests[0].tobytes().hex()
    if batch.failures:
        return SimpleNamespace(verdict=verdict, reason=reason, digest=digest, pixels=None)
    measures = batch.measures[0]
    assert measures["digest"].tobytes().hex() == digest
    return SimpleNamespace(
        verdict=verdict,
        reason=reason,
        digest=digest,
        picture=measures["picture"].tobytes().hex(),
        width=int(measures["width"]),
        height=int(measures["height"]),
        reduced=bool(measures["reduced"]),
        spread=float(measures["spread"]),
        sharpness=float(measures["sharpness"]),
        thumbnail=measures["thumbnail"],
        pixels=None if batch.pixels is None else batch.pixels[0],
    )
