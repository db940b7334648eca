"""Who acts: a signed-in person, an API key, a couple on a form, or the system itself.

What each role may do is the one table below; every surface asks `Actor.require`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import NotPermitted


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Permission(StrEnum):
    READ = "read"
    WRITE_LEADS = "write_leads"
    DELETE_LEADS = "delete_leads"
    WRITE_RULES = "write_rules"
    WRITE_SOURCES = "write_sources"
    WRITE_SEQUENCES = "write_sequences"
    MANAGE_TEAM = "manage_team"
    MANAGE_KEYS = "manage_keys"
    MANAGE_SUPPLIER = "manage_supplier"
    ERASE = "erase"


_EVERYONE = frozenset(Role)
_WRITERS = frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})

ROLE_TABLE: dict[Permission, frozenset[Role]] = {
    Permission.READ: _EVERYONE,
    Permission.WRITE_LEADS: _WRITERS,
    Permission.DELETE_LEADS: _ADMINS,
    Permission.WRITE_RULES: _ADMINS,
    Permission.WRITE_SOURCES: _ADMINS,
    Permission.WRITE_SEQUENCES: _ADMINS,
    Permission.MANAGE_TEAM: _ADMINS,
    Permission.MANAGE_KEYS: _ADMINS,
    Permission.MANAGE_SUPPLIER: _ADMINS,
    Permission.ERASE: frozenset({Role.OWNER}),
}


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    COUPLE = "couple"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """The acting party within one supplier. `scopes` narrows an API key; None means the whole role."""

    kind: ActorKind
    supplier_id: UUID
    role: Role | None = None
    user_id: UUID | None = None
    key_id: UUID | None = None
    scopes: frozenset[Permission] | None = field(default=None)

    def may(self, permission: Permission) -> bool:
        if self.kind is ActorKind.SYSTEM:
            return True
        within_scope = self.scopes is None or permission in self.scopes
        return within_scope and self.role in ROLE_TABLE[permission]

    def require(self, permission: Permission) -> None:
        """NotPermitted unless the role, and the key's scopes, allow it."""
        if not self.may(permission):
            who = f"The role '{self.role}'" if self.kind is ActorKind.USER else "This API key"
            raise NotPermitted(f"{who} may not {permission.replace('_', ' ')}.")


def system(supplier_id: UUID) -> Actor:
    """The product itself, acting for a supplier (jobs, sequences, sweeps)."""
    return Actor(ActorKind.SYSTEM, supplier_id)


def couple(supplier_id: UUID) -> Actor:
    """Somebody on a supplier's public form: may submit an inquiry and nothing else."""
    return Actor(ActorKind.COUPLE, supplier_id)
