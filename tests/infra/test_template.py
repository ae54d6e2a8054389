"""The template we really deploy, held against every trap known of Chalice, SAM and the emulator."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib import telemetry
from chalicelib.model.privacy import EXPORTS_KEPT, STUCK_AFTER
from chalicelib.model.upload import USABLE_FOR
from infra.packaging import Package
from infra.stages import REPOSITORY

Template = dict[str, Any]

# Names are API: a changed one replaces the function, its event source and its log group.
FUNCTIONS = {
    "InboundMail": "chalicelib.triggers.inbound_mail.inbound_mail",
    "MailFeedback": "chalicelib.triggers.mail_feedback.mail_feedback",
    "TakeFacts": "chalicelib.triggers.facts_in.take_facts",
    "Relay": "chalicelib.triggers.relay.relay",
    "FollowUps": "chalicelib.triggers.follow_ups.follow_ups",
    "Delivery": "chalicelib.triggers.delivery.delivery",
    "Background": "chalicelib.triggers.background.background",
    "Publish": "chalicelib.triggers.publishing.publish",
    "SendWebhooks": "chalicelib.triggers.webhooks_out.send_webhooks",
    "ActOnDue": "chalicelib.triggers.schedule.act_on_due",
    "PlanOutreach": "chalicelib.triggers.schedule.plan_outreach",
    "ReconcileMail": "chalicelib.triggers.schedule.reconcile_mail",
    "Calibrate": "chalicelib.triggers.schedule.calibrate",
    "ReplayMail": "chalicelib.triggers.replaying.replay_mail",
    "ApiAuthorizer": "chalicelib.triggers.authorizer.api_authorizer",
    "APIHandler": "app.app",
}
CONSUMERS = {
    "InboundMail": "MailQueue",
    "MailFeedback": "FeedbackQueue",
    "TakeFacts": "FactsQueue",
    "FollowUps": "FollowUpsQueue",
    "Delivery": "OutreachQueue",
    "Background": "BackgroundQueue",
    "Publish": "EventsQueue",
    "SendWebhooks": "WebhooksQueue",
}
DEAD_LETTERS = {
    "MailDeadLetters", "FeedbackDeadLetters", "FollowUpsDeadLetters", "OutreachDeadLetters",
    "BackgroundDeadLetters", "RelayDeadLetters", "ScheduleDeadLetters", "FactsDeadLetters",
    "EventsDeadLetters", "WebhooksDeadLetters",
}  # fmt: skip
# The emulator names no resource when it judges SendRawEmail; the statement exists on the local target only.
MAY_HAVE_A_STAR = {"SendMailOnTheEmulatorWhichNamesNoResource"}
KNOWS_NO_RESOURCES = {"JudgeMoods"}  # Comprehend's DetectSentiment


def test_every_resource_has_a_type(template: Template) -> None:
    assert [name for name, resource in template["Resources"].items() if "Type" not in resource] == []


def test_no_value_has_two_intrinsics(template: Template) -> None:
    crowded = [
        path
        for path, value in values(template)
        if isinstance(value, dict) and len(value) > 1 and any(key == "Ref" or key.startswith("Fn::") for key in value)
    ]

    assert crowded == []


def test_no_placeholder_is_left(template: Template) -> None:
    assert [path for path, value in values(template) if isinstance(value, str) and "placeholder" in value] == []


def test_function_names_and_handlers_are_pinned(template: Template) -> None:
    assert {name: function["Handler"] for name, function in functions(template).items()} == FUNCTIONS


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_consumers_fail_one_message_at_a_time_and_never_lose_one(template: Template, consumer: str) -> None:
    function, queue = functions(template)[consumer], template["Resources"][CONSUMERS[consumer]]["Properties"]
    source = function["Events"][f"{consumer}SqsEventSource"]["Properties"]

    assert source["Queue"] == {"Fn::GetAtt": [CONSUMERS[consumer], "Arn"]}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] in DEAD_LETTERS


def test_dead_letters_are_kept_two_weeks_watched_and_known_to_operators(template: Template) -> None:
    found = {name for name in template["Resources"] if name.endswith("DeadLetters")}
    outputs = {name.removesuffix("Url") for name in template["Outputs"] if name.endswith("DeadLettersUrl")}

    assert found == DEAD_LETTERS == outputs
    for name in found:
        assert template["Resources"][name]["Properties"]["MessageRetentionPeriod"] == 14 * 86400
        assert template["Resources"][f"{name}Alarm"]["Type"] == "AWS::CloudWatch::Alarm"


def test_the_relay_isolates_poison_and_gives_up_into_a_queue(template: Template) -> None:
    source = functions(template)["Relay"]["Events"]["RelayDynamodbEventSource"]["Properties"]

    assert source["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BisectBatchOnFunctionError"] is True
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["RelayDeadLetters", "Arn"]}


@pytest.mark.parametrize("tick", ["ActOnDue", "PlanOutreach", "ReconcileMail", "Calibrate"])
def test_a_failed_tick_leaves_a_trace(template: Template, tick: str) -> None:
    config = functions(template)[tick]["EventInvokeConfig"]

    assert config["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["ScheduleDeadLetters", "Arn"]}
    assert "ScheduleDeadLetters" in json.dumps(role(template, tick))  # Lambda sends it with the function's role


def test_facts_come_by_the_stages_bus_or_a_named_one_and_none_is_lost(template: Template) -> None:
    rule = template["Resources"]["FactsRule"]["Properties"]
    (target,) = rule["Targets"]
    (allowed,) = template["Resources"]["FactsQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert rule["EventBusName"] == {"Fn::If": ["OwnEventBus", {"Ref": "EventBus"}, {"Ref": "EventBusName"}]}
    assert template["Outputs"]["EventBusName"]["Value"] == rule["EventBusName"]
    assert template["Resources"]["EventBus"]["Condition"] == "OwnEventBus"
    assert target["Arn"] == {"Fn::GetAtt": ["FactsQueue", "Arn"]}
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["FactsDeadLetters", "Arn"]}
    assert allowed["Resource"] == [target["Arn"], target["DeadLetterConfig"]["Arn"]]
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["FactsRule", "Arn"]}}}


def test_each_function_has_its_own_role_log_group_and_alarm(template: Template) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions(template).values()]
    assert len(set(roles)) == len(FUNCTIONS)
    assert "DefaultRole" not in template["Resources"]

    for name, function in functions(template).items():
        logs = template["Resources"][f"{name}Logs"]["Properties"]
        assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}Logs"}
        assert logs["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert f"{name}ErrorsAlarm" in template["Resources"]
        assert {"Fn::GetAtt": [f"{name}Logs", "Arn"]} in [s["Resource"] for s in statements(template, name)]


def test_what_liana_counts_itself_is_watched_under_the_name_it_is_counted_by(template: Template) -> None:
    watched = {
        name: r["Properties"]
        for name, r in template["Resources"].items()
        if r["Type"] == "AWS::CloudWatch::Alarm" and r["Properties"]["Namespace"] == telemetry.NAMESPACE
    }
    board = json.dumps(template["Resources"]["Dashboard"])

    assert watched.keys() == {
        "MailUnreadableAlarm", "FrozenAlarm", "ForgedTokenAlarm", "WebhookSwitchedOffAlarm", "EventsNotToldAlarm",
        "SearchFellBackAlarm", "SearchStaleAlarm", "OutreachBrakedAlarm", "OutreachComplainedAlarm",
    }  # fmt: skip
    for name, alarm in watched.items():
        assert name == f"{telemetry.Counted(alarm['MetricName']).value}Alarm"
        assert alarm["Dimensions"] == [{"Name": "service", "Value": telemetry.metrics.provider.service}]
        assert alarm["MetricName"] in board
    assert {name: (alarm["Threshold"], alarm["Period"]) for name, alarm in watched.items()} == {
        "MailUnreadableAlarm": (1, 300),
        "FrozenAlarm": (1, 300),
        "ForgedTokenAlarm": (10, 3600),
        "WebhookSwitchedOffAlarm": (1, 300),
        "EventsNotToldAlarm": (1, 300),
        "SearchFellBackAlarm": (1, 300),
        "SearchStaleAlarm": (1, 300),
        "OutreachBrakedAlarm": (1, 300),
        "OutreachComplainedAlarm": (1, 300),
    }


def test_a_metric_is_told_with_the_dimension_alarms_look_for(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.count(telemetry.Counted.FROZEN)
    telemetry.metrics.flush_metrics()

    told = json.loads(capsys.readouterr().out)
    assert told["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    assert (told["service"], told["Frozen"]) == ("liana", [1.0])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_permission_is_for_everything(template: Template, function: str) -> None:
    for statement in statements(template, function):
        if statement["Sid"] not in MAY_HAVE_A_STAR | KNOWS_NO_RESOURCES:
            assert "*" not in resources_of(statement)
            assert not any(action.endswith("*") for action in as_list(statement["Action"]))


def test_what_only_the_emulator_asks_for_is_not_granted_on_aws(template: Template) -> None:
    """It judges SendMessageBatch by a name of its own, and SendRawEmail without a resource."""
    choices = [
        choice
        for name in FUNCTIONS
        for _, value in values(role(template, name))
        if is_choice(value) and (choice := value["Fn::If"])[0] not in ("AsksComprehend", "SendsTexts", "OwnEventBus")
    ]

    assert {json.dumps(local) for _, local, _ in choices if isinstance(local, str)} == {'"sqs:SendMessageBatch"'}
    assert {local["Sid"] for _, local, _ in choices if isinstance(local, dict)} == MAY_HAVE_A_STAR
    assert all((on, aws) == ("OnLocal", {"Ref": "AWS::NoValue"}) for on, _, aws in choices)


def test_texts_may_be_sent_by_those_who_send_mail_and_only_where_the_stage_says_so(template: Template) -> None:
    found = {
        name: value["Fn::If"]
        for name in FUNCTIONS
        for _, value in values(role(template, name))
        if is_choice(value) and value["Fn::If"][0] == "SendsTexts"
    }

    assert {(name, statement["Action"]) for name, (_, statement, _) in found.items()} == {
        ("Delivery", "sms-voice:SendTextMessage"),
        ("FollowUps", "sms-voice:SendTextMessage"),
    }
    assert template["Conditions"]["SendsTexts"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Sms"}, "off"]}]}


def test_comprehend_may_be_asked_by_one_function_and_only_where_the_stage_says_so(template: Template) -> None:
    found = {
        name: value["Fn::If"]
        for name in FUNCTIONS
        for _, value in values(role(template, name))
        if is_choice(value) and value["Fn::If"][0] == "AsksComprehend"
    }

    (name,) = found
    _, statement, otherwise = found[name]
    assert (name, statement["Action"], otherwise) == ("Delivery", "comprehend:DetectSentiment", {"Ref": "AWS::NoValue"})
    assert template["Conditions"]["AsksComprehend"] == {"Fn::Equals": [{"Ref": "Mood"}, "comprehend"]}


def is_choice(value: Any) -> bool:
    return isinstance(value, dict) and "Fn::If" in value


def test_only_senders_may_send_and_only_as_the_sender(template: Template) -> None:
    senders = {
        name: s
        for name in FUNCTIONS
        for s in statements(template, name)
        if s["Action"] == "ses:SendRawEmail" and s["Sid"] not in MAY_HAVE_A_STAR
    }

    assert senders.keys() == {"FollowUps", "Delivery"}
    for statement in senders.values():
        assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "SenderAddress"}}}


def test_the_relay_reads_the_stream_rows_by_key_and_a_list_and_writes_nothing(template: Template) -> None:
    actions = {action for s in statements(template, "Relay") for action in as_list(s["Action"])}

    assert {action for action in actions if action.startswith("dynamodb:")} == {
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query",
    }  # fmt: skip


def test_keys_and_indexes_are_those_of_the_rows(template: Template) -> None:
    rows = pytest.importorskip("chalicelib.storage.rows")
    table = template["Resources"]["Table"]["Properties"]
    schema = rows.Row._get_schema()

    def keys(schema: list[dict[str, str]]) -> list[tuple[str, str]]:
        return [(key["AttributeName"], key["KeyType"]) for key in schema]

    assert keys(table["KeySchema"]) == keys(schema["key_schema"])
    declared = {index["index_name"]: index for index in schema["global_secondary_indexes"]}
    assert declared.keys() == {index["IndexName"] for index in table["GlobalSecondaryIndexes"]}
    for index in table["GlobalSecondaryIndexes"]:
        assert keys(index["KeySchema"]) == keys(declared[index["IndexName"]]["key_schema"])
        assert index["Projection"] == declared[index["IndexName"]]["projection"]
    assert {a["AttributeName"] for a in table["AttributeDefinitions"]} == {
        key for owner in (table, *table["GlobalSecondaryIndexes"]) for key, _ in keys(owner["KeySchema"])
    }


def test_data_outlives_the_stack_under_a_name_the_next_one_finds(template: Template) -> None:
    for name in ("Table", "Bucket"):
        resource = template["Resources"][name]
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    table = template["Resources"]["Table"]["Properties"]
    assert table["TableName"] == {"Fn::Sub": "liana-${Stage}"}
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_mail_that_is_not_yet_an_interaction_never_expires(template: Template) -> None:
    rules = template["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    expiring = {rule["Prefix"] for rule in rules if "ExpirationInDays" in rule}
    assert expiring == {"mail/", "bodies/", "attachments/", "exports/", "uploads/"}


def test_files_of_an_export_live_as_long_as_its_row(template: Template) -> None:
    rules = template["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert [rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == "exports/"] == [EXPORTS_KEPT.days]


def test_a_file_lies_as_long_as_it_may_be_used(template: Template) -> None:
    """S3 rounds a day up to midnight; a day more is for what was opened just before."""
    rules = template["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert [rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == "uploads/"] == [USABLE_FOR.days + 1]


def test_an_erasure_rests_longer_than_any_function_may_write(template: Template) -> None:
    """docs/decisions/0019: what read of her before she was forgotten has ended by then."""
    longest = max(function["Timeout"] for function in functions(template).values())

    assert STUCK_AFTER.total_seconds() >= 2 * longest


def test_who_may_list_the_bucket_and_what_of_it(template: Template) -> None:
    """S3 answers 404 instead of 403 only to who may list the bucket, and a condition on the prefix fails there."""
    listing = {
        name: s.get("Condition", {}).get("StringLike", {}).get("s3:prefix")
        for name in FUNCTIONS
        for s in statements(template, name)
        if "s3:ListBucket" in as_list(s["Action"])
    }

    assert listing == {
        "ReconcileMail": "in/*",
        "ReplayMail": ["mail/*", "in/*"],
        "APIHandler": None,
        "Background": None,
    }


def test_the_environment_is_the_settings_no_more_no_less(template: Template) -> None:
    settings = pytest.importorskip("chalicelib.kernel.settings")
    wanted = {field.name.upper() for field in dataclasses.fields(settings.Settings)}
    given = template["Globals"]["Function"]["Environment"]["Variables"].keys()

    assert {name for name in given if not name.startswith("POWERTOOLS_")} == wanted - {"BASE_URL"}
    for name, function in functions(template).items():
        own = function.get("Environment", {}).get("Variables", {}).keys()
        assert own == ({"BASE_URL"} if name in ("FollowUps", "Delivery") else set()), name


@pytest.mark.parametrize("handler", FUNCTIONS.values())
def test_every_handler_imports_alone_without_settings_or_aws(handler: str) -> None:
    module, _, name = handler.rpartition(".")
    program = f"import {module} as m; assert callable(getattr(m, {name!r}))"

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=REPOSITORY, env={"PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_what_the_gateway_refuses_is_problem_details_too(template: Template) -> None:
    responses = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]

    assert responses.keys() >= {
        "UNAUTHORIZED",
        "ACCESS_DENIED",
        "REQUEST_TOO_LARGE",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
    }
    for response in responses.values():
        assert response["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"
        body = response["ResponseTemplates"]["application/json"].replace("$context.error.messageString", '"why"')
        problem = json.loads(body)
        assert problem.keys() >= {"type", "title", "detail"}
        assert problem.get("status") == response.get("StatusCode")


@pytest.mark.parametrize("target", ["aws", "local"])
def test_the_linter_of_cloudformation_finds_nothing(packaged: Package, tmp_path: Path, target: str) -> None:
    """Once per target: conditions are judged with the parameter's default."""
    copy = json.loads(json.dumps(packaged.template))
    copy["Parameters"]["Target"]["Default"] = target
    for resource in copy["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    path = tmp_path / "template.json"
    path.write_text(json.dumps(copy))

    done = subprocess.run(
        [Path(sys.executable).parent / "cfn-lint", "--regions", "us-east-1", "--template", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "")


def test_operators_find_every_alarm_queue_parameter_and_variable_in_the_docs(template: Template) -> None:
    said = (REPOSITORY / "docs/operations.md").read_text("utf-8")
    alarms = {name for name, r in template["Resources"].items() if r["Type"] == "AWS::CloudWatch::Alarm"}
    variables = {
        name
        for name in template["Globals"]["Function"]["Environment"]["Variables"]
        if not name.startswith("POWERTOOLS_")
    }

    wanted = alarms | DEAD_LETTERS | variables | template["Parameters"].keys() | {"BASE_URL"}
    assert {name for name in wanted if name not in said} == set()
    assert f"| Alarms | {len(alarms)}," in said


def functions(template: Template) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def role(template: Template, function: str) -> Any:
    name = functions(template)[function]["Role"]["Fn::GetAtt"][0]
    (policy,) = template["Resources"][name]["Properties"]["Policies"]
    return policy["PolicyDocument"]


def statements(template: Template, function: str) -> list[dict[str, Any]]:
    """A role's statements with what only the local target has among it."""
    chosen: list[dict[str, Any]] = chosen_on_local(role(template, function)["Statement"])
    return chosen


def chosen_on_local(node: Any) -> Any:
    if isinstance(node, dict):
        return (
            chosen_on_local(node["Fn::If"][1]) if "Fn::If" in node else {k: chosen_on_local(v) for k, v in node.items()}
        )
    return [chosen_on_local(child) for child in node] if isinstance(node, list) else node


def resources_of(statement: dict[str, Any]) -> list[Any]:
    return as_list(statement["Resource"])


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def values(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in the template with its path."""
    yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from values(child, f"{path}/{key}")
