"""What an AWS error means for us: to be tried again, or refused until a person changes something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from data.errors import EmeritusError, Refused, Unavailable

# docs.aws.amazon.com/general/latest/gr/api-retries.html and the services' own lists of common errors
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
_NOT_FOUND = {"ResourceNotFound", "ResourceNotFoundException"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_FOREIGN_KEYS = {
    "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}  # fmt: skip

# The S3 permissions that are not called like their operations:
# docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_PERMISSIONS = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
}
_PERFORM = re.compile(r"perform: ([a-z0-9-]+:[A-Za-z]+)")


@contextmanager
def aws_errors(doing: str, *, service: str, then: str = "It is tried again") -> Iterator[None]:
    """Every botocore error inside becomes one of ours. `doing` completes "Cannot ..."; `then` is what comes of it."""
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, doing, service, then) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise Refused(
            f"Cannot {doing}",
            reasons=["the bot has no AWS credentials"],
            next_step="Give it a role or set AWS_PROFILE, then try again",
        ) from error
    except BotoCoreError as error:
        raise Unavailable(f"Cannot {doing}: {error}. {then}") from error


def code_of(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def message_of(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Message", "")


def is_denied(error: ClientError) -> bool:
    return code_of(error) in _DENIED


def is_not_found(error: ClientError) -> bool:
    """SageMaker has no code of its own for most of it."""
    says = ("Could not find", "does not exist", "not found")
    is_invalid = code_of(error) == "ValidationException" and any(one in message_of(error) for one in says)
    return is_invalid or code_of(error) in _NOT_FOUND


def permission_of(error: ClientError, service: str) -> str:
    """What would have to be allowed. AWS often says itself what it looked for, such as a right to the key."""
    if said := _PERFORM.search(message_of(error)):
        return said[1]
    permission = f"{service}:{error.operation_name}"
    return _PERMISSIONS.get(permission, permission)


def _from_answer(error: ClientError, doing: str, service: str, then: str) -> EmeritusError:
    code, status = code_of(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLED or status == 429 or status >= 500:
        return Unavailable(f"Cannot {doing}: AWS answers {code or status}. {then}")
    if code in _EXPIRED:
        renew = f"Renew them; {then[0].lower()}{then[1:]}"
        return Unavailable(f"Cannot {doing}: the bot's AWS credentials have expired. {renew}")
    if code in _FOREIGN_KEYS:
        reason = f"AWS does not know the bot's credentials ({code})"
        return Refused(
            f"Cannot {doing}", reasons=[reason], next_step="Correct the credentials, then try again"
        )
    if is_denied(error):
        permission = permission_of(error, service)
        reason = f"AWS denies {permission}"
        return Refused(
            f"Cannot {doing}", reasons=[reason], next_step=f"Allow {permission} to the bot, then try again"
        )
    reason = f"{error.operation_name} answers {code}: {message_of(error)}"
    return Refused(f"Cannot {doing}", reasons=[reason], next_step="Correct that in AWS, then try again")
