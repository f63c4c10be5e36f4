from __future__ import annotations

import json
from typing import Any

import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator

from bot.cli import main
from bot.run.healthy import CHECKS
from bot.settings import Settings
from tests.docker.files import CHART

# Its wheel is for Linux on x86-64 and some others; elsewhere the chart is not looked at.
helm = pytest.importorskip("helm_python")

PARTS = ("gateway", "rasa", "actions")
BESIDE_SETTINGS = {"secrets"}


def _render(**values: Any) -> list[dict[str, Any]]:
    with helm.Chart.load(str(CHART)) as chart:
        pages = chart.render(values, name="here", namespace="clinic")
    return [one for page in pages.values() for one in yaml.safe_load_all(page) if one]


RENDERED = _render()


def _of(kind: str, rendered: list[dict[str, Any]] = RENDERED) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in rendered if one["kind"] == kind}


def _pods() -> dict[str, dict[str, Any]]:
    pods = {name: one["spec"]["template"]["spec"] for name, one in _of("Deployment").items()}
    for name, job in _of("CronJob").items():
        pods[name] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return pods


def test_helm_finds_no_fault() -> None:
    found = helm.lint(str(CHART))
    assert found["errors"] == []
    assert [one for one in found["messages"] if one["severity"] > 1] == []


@pytest.mark.parametrize(
    "one", RENDERED, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}"
)
@pytest.mark.parametrize("version", ["1.27", "1.33"])
def test_kubernetes_knows_every_field(one: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(one, version, strict=True)


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    wrong = {**_of("Service")["here-rasa"], "specification": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.33", strict=True)


def test_everything_is_there_for_each_process() -> None:
    names = {f"here-{part}" for part in PARTS}
    for kind in ("Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"):
        assert set(_of(kind)) == names, kind
    assert set(_of("NetworkPolicy")) == {*names, "here-nothing", "here-backups"}
    assert _of("ServiceMonitor") == {}
    watched = _render(serviceMonitor={"enabled": True})
    assert set(_of("ServiceMonitor", watched)) == {"here-gateway"}


def test_metrics_are_on_where_they_are_read_and_for_that_namespace_alone() -> None:
    watched = _render(serviceMonitor={"enabled": True})
    (endpoint,) = _of("ServiceMonitor", watched)["here-gateway"]["spec"]["endpoints"]
    ports = _of("Service", watched)["here-gateway"]["spec"]["ports"]
    assert endpoint["port"] in {port["name"] for port in ports}
    (pod,) = _of("Deployment", watched)["here-gateway"]["spec"]["template"]["spec"]["containers"]
    assert {"name": "BALLAST_METRICS_PORT", "value": "9600"} in pod["env"]
    rules = _of("NetworkPolicy", watched)["here-gateway"]["spec"]["ingress"]
    (rule,) = [rule for rule in rules if rule["ports"][0]["port"] == 9600]
    assert "monitoring" in str(rule["from"])
    off = str(_render())
    assert "9600" not in off
    assert "METRICS" not in off


@pytest.mark.parametrize("name", _pods())
def test_a_pod_may_do_as_little_as_it_can(name: str) -> None:
    pod = _pods()[name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}


@pytest.mark.parametrize("name", _pods())
def test_the_commands_exist(name: str) -> None:
    for container in _pods()[name]["containers"]:
        words = container["args"]
        done = CliRunner().invoke(main, [*words[: 2 if words[0] == "backup" else 1], "--help"])
        assert done.exit_code == 0, done.output
        assert [word for word in words if word.startswith("--") and word not in done.output] == []
        for probe in ("startupProbe", "readinessProbe"):
            if probe in container:
                command = container[probe]["exec"]["command"]
                assert command[:3] == ["/app/.venv/bin/python", "-m", "bot.run.healthy"]
                assert name == f"here-{command[3]}"
                assert command[3] in CHECKS


def test_rasa_and_actions_have_no_way_out() -> None:
    policies = {name: one["spec"] for name, one in _of("NetworkPolicy").items()}
    for policy in policies.values():
        assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policies["here-actions"]["egress"] == []
    rasa = policies["here-rasa"]["egress"]
    assert all("to" in rule and "ports" in rule for rule in rasa)
    blocks = [to["ipBlock"]["cidr"] for rule in rasa for to in rule["to"] if "ipBlock" in to]
    assert blocks == ["10.0.0.0/8"]
    ports = {port["port"] for rule in rasa for port in rule["ports"]}
    assert ports == {8602, 53, 5432, 6379}
    assert policies["here-nothing"]["podSelector"]["matchLabels"] == {
        "app.kubernetes.io/name": "ballast",
        "app.kubernetes.io/instance": "here",
    }
    assert "egress" not in policies["here-nothing"]


def test_the_gateway_goes_where_the_deployer_says_and_nowhere_else() -> None:
    def blocks(rendered: list[dict[str, Any]]) -> list[str]:
        rules = _of("NetworkPolicy", rendered)["here-gateway"]["spec"]["egress"]
        return [to["ipBlock"]["cidr"] for rule in rules for to in rule["to"] if "ipBlock" in to]

    assert blocks(RENDERED) == ["10.0.0.0/8"]
    mail = {"cidr": "203.0.113.25/32", "port": 587}
    assert blocks(_render(network={"outside": [mail]})) == ["10.0.0.0/8", "203.0.113.25/32"]


def test_only_the_gateway_can_be_reached_from_elsewhere() -> None:
    backends = [
        path["backend"]["service"]["name"]
        for ingress in _of("Ingress").values()
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    assert backends == ["here-gateway"]
    assert {one["spec"].get("type", "ClusterIP") for one in _of("Service").values()} == {
        "ClusterIP"
    }


def test_every_service_and_budget_finds_its_pods() -> None:
    for part in PARTS:
        pods = _of("Deployment")[f"here-{part}"]["spec"]["template"]["metadata"]["labels"]
        service = _of("Service")[f"here-{part}"]["spec"]
        budget = _of("PodDisruptionBudget")[f"here-{part}"]["spec"]["selector"]["matchLabels"]
        for wanted in (service["selector"], budget):
            assert wanted.items() <= pods.items()
        assert wanted["app.kubernetes.io/component"] == part
        container = _pods()[f"here-{part}"]["containers"][0]
        assert container["ports"][0]["containerPort"] == service["ports"][0]["port"]


def test_no_secret_and_no_unknown_setting_stands_in_an_environment() -> None:
    for pod in _pods().values():
        for variable in pod["containers"][0]["env"]:
            name, value = variable["name"], variable["value"]
            if name.startswith("BALLAST_"):
                assert name.removeprefix("BALLAST_").lower() in {
                    *Settings.model_fields,
                    *BESIDE_SETTINGS,
                }
            if any(word in name for word in ("SECRET", "KEY", "PASSWORD")):
                assert value.startswith("/run/secrets/")
    assert _of("Secret") == {}
    names = {volume["name"] for volume in _pods()["here-actions"]["volumes"]}
    assert names == {"tmp"}


def test_the_keys_stay_when_the_release_goes() -> None:
    claim = _of("PersistentVolumeClaim")["here-house"]
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_the_defaults_fit_their_schema() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    Draft7Validator.check_schema(schema)
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert list(Draft7Validator(schema).iter_errors(values)) == []
    assert set(values) | {"global"} == set(schema["properties"])


@pytest.mark.parametrize(
    "values",
    [
        {"publicUrl": "http://ballast.clinic.example"},
        {"image": {"tag": "latest"}},
        {"image": {"digest": "sha256:short"}},
        {"gateway": {"replicas": 0}},
        {"gatway": {"replicas": 2}},
        {"settings": {"BALLAST_SMTP_PASSWORD": "open"}},
        {"settings": {"BALLAST_MASTER_KEY": "open"}},
        {"settings": {"BALLAST_DATABASE": "postgresql+asyncpg://a:open@b/c"}},
        {"settings": {"RASA_TELEMETRY_ENABLED": "true"}},
        {"network": {"outside": [{"cidr": "0.0.0.0/0"}]}},
    ],
    ids=str,
)
def test_a_value_that_would_do_harm_is_refused(values: dict[str, Any]) -> None:
    with helm.Chart.load(str(CHART)) as chart, pytest.raises(helm.HelmError):
        chart.validate_schema(values)


def test_a_digest_is_taken_before_a_tag() -> None:
    digest = "sha256:" + "0a" * 32
    gateway = _of("Deployment", _render(image={"digest": digest}))["here-gateway"]
    image = gateway["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == f"registry.clinic.example/ballast@{digest}"


def test_a_fixed_number_of_copies_where_nothing_scales() -> None:
    rendered = _render(rasa={"replicas": 3, "autoscaling": {"enabled": False}})
    assert _of("Deployment", rendered)["here-rasa"]["spec"]["replicas"] == 3
    assert "here-rasa" not in _of("HorizontalPodAutoscaler", rendered)
    assert "replicas" not in _of("Deployment")["here-rasa"]["spec"]
