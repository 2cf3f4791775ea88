"""The consultation on IAM policies that stand in a request."""

import re
from collections.abc import Callable

from blueproof.advisors.policies.telling import told
from blueproof.cloud.policy import Policy, Statement, policies_in
from blueproof.core.blueprint import Blueprint, Draft, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_NAMED = {
    "administratoraccess": ("*",), "amazons3fullaccess": ("s3:*",), "iamfullaccess": ("iam:*",),
    "amazondynamodbfullaccess": ("dynamodb:*",), "amazonrdsfullaccess": ("rds:*",),
    "amazonec2fullaccess": ("ec2:*",), "amazonsqsfullaccess": ("sqs:*",),
    "awslambda_fullaccess": ("lambda:*",), "secretsmanagerreadwrite": ("secretsmanager:*",),
}  # fmt: skip
_TOLD = re.compile(
    r"(?<![\w:/\"])(?P<action>(?:s3|iam|dynamodb|ec2|rds|sqs|sns|kms|lambda|ssm|secretsmanager|ses|logs"
    r"|cognito-idp|sts):\*|\*:\*)|\b(?P<named>\w+FullAccess|AdministratorAccess"
    r"|SecretsManagerReadWrite)\b",
    re.IGNORECASE,
)
_OF_ROLE = re.compile(
    r"\b(?:role|policy|permissions?|iam|attached?|lambda|task|user)\b", re.IGNORECASE
)
_JUDGED = frozenset({"review", "is-this-fine", "yes-no"})


def advise_policies(
    brief: Brief, kind: QuestionKind, progress: Callable[[str], None]
) -> Blueprint | None:
    """The blueprint of a request with policies in it, or with one named; None without any."""
    policies, said = policies_in(brief.request), ""
    if not policies:
        named = _named(brief.request) if kind in _JUDGED else None
        if named is None:
            return None
        policies, said = (named[0],), named[1]
    progress("reading the policy")
    conclusion = told(brief.request, policies, said=said)
    with Bench() as bench:
        draft = Draft(brief=brief, question_kind=kind)
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def _named(request: str) -> tuple[Policy, str] | None:
    """The rights that the words name, "s3:*" or a policy of AWS, and how they name them."""
    found = _TOLD.search(request)
    if found is None or not _OF_ROLE.search(request):
        return None
    action = found["action"]
    actions = _NAMED.get((found["named"] or "").lower(), ()) if not action else (action,)
    if not actions:
        return None
    plain = tuple("*" if a == "*:*" else a.lower() for a in actions)
    one = Statement(allows=True, actions=plain, resources=("*",), conditions={})
    return Policy(statements=(one,)), found[0]
