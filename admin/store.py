"""Every query about operators, their sessions, invitations and the audit."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin.models import Invitation, Operator, SignIn
from admin.terms import Role


def operator_by_name(session: Session, name: str, *, locked: bool = False) -> Operator | None:
    """The open account with this name, whatever its capitals; `locked` for who is going to count on it."""
    query = select(Operator).where(Operator.name == name.strip().lower(), Operator.ended_at.is_(None))
    return session.scalar(query.with_for_update() if locked else query)


def operator_by_userid(session: Session, userid: str) -> Operator | None:
    """The open account of this WeCom member."""
    if not userid:
        return None
    return session.scalar(select(Operator).where(Operator.userid == userid.lower(), Operator.ended_at.is_(None)))


def operators(session: Session) -> Sequence[Operator]:
    """All accounts, open ones first, by name."""
    return session.scalars(select(Operator).order_by(Operator.ended_at.isnot(None), Operator.name)).all()


def shown_names(session: Session) -> dict[str, str]:
    """What colleagues call everybody, by the name he signs in with; also those whose account is closed."""
    return {operator.name: operator.shown_as or operator.name for operator in operators(session)}


def administrators(session: Session, *, locked: bool = False) -> int:
    """How many open accounts are administrators'; `locked` for who is going to take one away."""
    query = select(Operator.id).where(Operator.role == Role.ADMIN, Operator.ended_at.is_(None)).order_by(Operator.id)
    return len(session.scalars(query.with_for_update() if locked else query).all())


def sign_in_of(session: Session, token_hash: str) -> tuple[SignIn, Operator] | None:
    """The session in a browser and its operator; None when it was ended or the account is closed."""
    query = select(SignIn, Operator).join(Operator, Operator.id == SignIn.operator_id)
    found = session.execute(query.where(SignIn.token_hash == token_hash, Operator.ended_at.is_(None))).first()
    return (found[0], found[1]) if found else None


def end_sign_ins(session: Session, operator_id: int) -> None:
    """He is out everywhere."""
    session.execute(delete(SignIn).where(SignIn.operator_id == operator_id))


def end_sign_in(session: Session, token_hash: str) -> None:
    """He is out in this browser."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash))


def forget_sign_ins(session: Session, *, begun_before: datetime, seen_before: datetime) -> None:
    """Sessions that have ended by themselves need no row."""
    session.execute(delete(SignIn).where((SignIn.begun_at < begun_before) | (SignIn.seen_at < seen_before)))


def open_invitation(session: Session, token_hash: str, *, now: datetime) -> Invitation | None:
    """The invitation behind a link, if it may still be used; locked, so that it works once."""
    query = select(Invitation).where(Invitation.token_hash == token_hash, Invitation.used_at.is_(None), Invitation.expires_at > now)
    return session.scalar(query.with_for_update())


def forget_invitations(session: Session, operator_id: int | None) -> None:
    """Older links to the same account work no more."""
    same = Invitation.operator_id.is_(None) if operator_id is None else Invitation.operator_id == operator_id
    session.execute(delete(Invitation).where(same, Invitation.used_at.is_(None)))
