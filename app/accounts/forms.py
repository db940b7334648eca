"""Flask-Security's forms, with bounds and without what we do not offer."""

from typing import Any

from flask import g
from flask_security import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    MfRecoveryForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.utils import validate_redirect_url
from wtforms import Field

from app.accounts.lookup import places
from app.accounts.schemas import PASSWORD_LENGTH
from app.models.accounts import User


class Bounded:
    """Looks at length and characters first, before anything is hashed or looked up.

    A secret that was looked at and found wrong is noted for the limit on guesses (`g.guessed_wrong`).
    """

    proof = ""
    """The field that proves who it is; empty when there is none."""

    def validate(self, **kwargs: Any) -> bool:
        typed = [field for field in self if field.short_name != "next"]  # type: ignore[attr-defined]
        wrong = [(field, problem) for field in typed if (problem := out_of_bounds(field.data))]
        for field, problem in wrong:
            self.blame(field, problem)
        if wrong:
            return False
        right = bool(super().validate(**kwargs))  # type: ignore[misc]
        if not right and self._was_guess():
            g.guessed_wrong = True
        return right

    def _was_guess(self) -> bool:
        given = getattr(self, self.proof, None)
        return given is not None and bool(given.data) and bool(given.errors)

    def validate_next(self, field: Field) -> None:
        """An address elsewhere is dropped; the way leads home."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""

    def blame(self, field: Field, problem: str) -> None:
        field.errors = [problem]


def out_of_bounds(text: object) -> str | None:
    """What is wrong with the text, for a person to read."""
    if not isinstance(text, str):
        return None
    if "\x00" in text:
        return "The text must not contain the NUL character."
    return f"At most {PASSWORD_LENGTH[1]} characters." if len(text) > PASSWORD_LENGTH[1] else None


class SignInForm(Bounded, LoginForm):
    """E-mail and password. A wrong one of either reads the same; "remember me" is what sessions do anyway."""

    proof = "password"
    remember = None  # type: ignore[assignment]  # how WTForms leaves a field out

    def blame(self, field: Field, problem: str) -> None:
        self.form_errors.append(f"{field.label.text}: {problem}")

    def _was_guess(self) -> bool:
        """A wrong address counts like a wrong password: the answer does not tell which it was."""
        return bool(self.password.data) and bool(self.password.errors or self.email.errors)

    def validate(self, **kwargs: Any) -> bool:
        if not super().validate(**kwargs) or not isinstance(self.user, User):
            return False
        if not places(self.user.id):
            self.form_errors.append(
                "This account has no active place at any business. Ask the owner to restore it."
            )
            return False
        return True


class AgainForm(Bounded, VerifyForm):
    proof = "password"


class ForgotForm(Bounded, ForgotPasswordForm):
    pass


class ResetForm(Bounded, ResetPasswordForm):
    pass


class ChangeForm(Bounded, ChangePasswordForm):
    proof = "password"


class CodeForm(Bounded, TwoFactorVerifyCodeForm):
    proof = "code"


class SetupForm(Bounded, TwoFactorSetupForm):
    pass


class RecoveryForm(Bounded, MfRecoveryForm):
    proof = "code"


class RescueForm(TwoFactorRescueForm):
    """A lost phone is answered by a recovery code; there is no administrator to write to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help_setup.choices = []


FORMS: dict[str, Any] = {
    "login_form": SignInForm,
    "verify_form": AgainForm,
    "forgot_password_form": ForgotForm,
    "reset_password_form": ResetForm,
    "change_password_form": ChangeForm,
    "two_factor_verify_code_form": CodeForm,
    "two_factor_setup_form": SetupForm,
    "two_factor_rescue_form": RescueForm,
    "mf_recovery_form": RecoveryForm,
}
