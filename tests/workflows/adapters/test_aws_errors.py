"""What AWS denies is told by the right that has to be given."""

import pytest
from botocore.exceptions import ClientError

from data.errors import Refused
from workflows.adapters.aws_errors import aws_errors


@pytest.mark.parametrize(
    ("operation", "message", "permission"),
    [
        ("UploadPart", "Access Denied", "s3:PutObject"),
        ("ListObjectVersions", "Access Denied", "s3:ListBucketVersions"),
        ("PutObjectRetention", "Access Denied", "s3:PutObjectRetention"),
        (
            "PutObject",
            "User: arn:aws:sts::1:assumed-role/bot is not authorized to perform: kms:GenerateDataKey on this resource",
            "kms:GenerateDataKey",
        ),
        (
            "GetObject",
            "User: arn:aws:sts::1:assumed-role/bot is not authorized to perform: s3:GetObjectVersion on resource: x",
            "s3:GetObjectVersion",
        ),
    ],
)
def test_what_is_denied_is_told_by_the_right_that_is_missing(
    operation: str, message: str, permission: str
) -> None:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, operation)
    with pytest.raises(Refused) as refused, aws_errors("write s3://b/k", service="s3"):
        raise error
    assert str(refused.value) == (
        f"Cannot write s3://b/k: AWS denies {permission}. Allow {permission} to the bot, then try again"
    )
