"""Checkpoints in an S3-compatible object store, by the AWS SDK. Credentials, region and endpoint are the SDK's own:
`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL_S3`, a profile, or the machine's role.

Owns the names of objects and the SDK's failures; its messages hold nothing of a credential.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from provisioning.ledger.checkpoint import Checkpoint, newest_token
from provisioning.ledger.destinations.address import refuse_clear
from provisioning.ledger.destinations.place import S3_SCHEME, SUFFIX, DestinationFailed, candidates, file_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 3},
    # Checksums of the SDK's own are newer than many stores that call themselves compatible.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and what the names in it begin with: nothing, or something that ends with a slash."""

    bucket: str
    prefix: str = ""
    can_be_read: ClassVar[bool] = True

    def existing(self) -> tuple[str, ...]:
        with self._client() as client:
            return tuple(token for key in self._keys(client) for token in self._read(client, key))

    def newest(self) -> str | None:
        with self._client() as client:
            keys = candidates(self._keys(client))
            return newest_token([token for key in keys for token in self._read(client, key)])

    def write(self, checkpoint: Checkpoint, token: str) -> str:
        key, body = f"{self.prefix}{file_name(checkpoint)}", token.encode("ascii")
        # Buckets whose objects are locked take nothing without a checksum, and this one every store knows.
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        with self._client() as client:
            client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentMD5=md5, ContentType="application/jose")
        return f"{S3_SCHEME}{self.bucket}/{key}"

    def _keys(self, client: S3Client) -> list[str]:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return sorted(
            found["Key"] for page in pages for found in page.get("Contents", []) if found["Key"].endswith(SUFFIX)
        )

    def _read(self, client: S3Client, key: str) -> list[str]:
        with client.get_object(Bucket=self.bucket, Key=key)["Body"] as body:
            content: bytes = body.read()
        return content.decode("ascii", "replace").split()

    @contextmanager
    def _client(self) -> Iterator[S3Client]:
        """A client for one errand; what the SDK raises in the block comes out as DestinationFailed."""
        try:
            client = Session().client("s3", config=_CONFIG)
            refuse_clear(client.meta.endpoint_url)
            yield client
        except ClientError as error:
            said = error.response.get("Error", {}).get("Code", "an error")
            raise self._failed(f"answered {said}") from error
        except (BotoCoreError, ValueError) as error:
            raise self._failed(f"cannot be reached: {type(error).__name__}") from error

    def _failed(self, what: str) -> DestinationFailed:
        return DestinationFailed(
            f"{S3_SCHEME}{self.bucket}/{self.prefix} {what}",
            remedy="see that the bucket exists, AWS_ENDPOINT_URL_S3 and AWS_REGION are right, and the credentials may"
            " list, read and write there",
        )


def parse_bucket(text: str) -> Bucket:
    """Parse `s3://bucket` or `s3://bucket/prefix`. Raises DestinationFailed."""
    parts = urlsplit(text)
    if not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
        # The text itself is not repeated: somebody may have written a credential into it.
        raise DestinationFailed(
            "an s3:// address names no bucket, or more than that", remedy="write s3://bucket/prefix"
        )
    prefix = parts.path.strip("/")
    return Bucket(parts.netloc, f"{prefix}/" if prefix else "")
