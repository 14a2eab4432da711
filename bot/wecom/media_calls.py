"""临时素材 over the client (reference §11)."""

from bot.wecom.client import WeComClient
from bot.wecom.terms import Uploaded, UploadKind
from bot.wecom.values import moment, text


class MediaCalls:
    """Each call raises what WeComClient raises."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    def upload(self, kind: UploadKind, filename: str, content: bytes) -> Uploaded:
        """Upload more than 5 bytes. Prefer a file name in ASCII; the customer sees the name of a file."""
        answer = self._client.upload("media/upload", {"type": kind}, filename=filename, content=content)
        return Uploaded(text(answer, "media_id"), moment(text(answer, "created_at")))

    def upload_for_moment(self, kind: UploadKind, filename: str, content: bytes) -> Uploaded:
        """Upload a picture or film of at most 10 MB that can be used in moments only."""
        params = {"media_type": kind, "attachment_type": "1"}
        answer = self._client.upload("media/upload_attachment", params, filename=filename, content=content)
        return Uploaded(text(answer, "media_id"), moment(text(answer, "created_at")))
