"""A stage's whole life on the local cloud, by the code that deploys to AWS."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra import receiving
from infra import stack as stacks
from infra.deploy import deploy, deploy_local, destroy, switch_sending
from infra.keys import rotate_keys
from infra.local_cloud import LocalCloud
from infra.queues import depths, redrive
from infra.stages import local_stage
from infra.status import status
from infra.trouble import Trouble
from tests.infra.conftest import silent

pytestmark = pytest.mark.cloud
STAGE = local_stage()


@pytest.fixture(scope="module")
def own_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """Not the shared one: here a stage is destroyed."""
    with LocalCloud(tmp_path_factory.mktemp("life"), keep_state=False) as running:
        yield running


def test_a_stage_is_deployed_looked_at_redriven_destroyed_and_finds_its_data_again(
    own_cloud: LocalCloud,
) -> None:
    said: list[str] = []
    deployed = deploy(own_cloud, STAGE, progress=said.append)
    assert deployed.sending == "off"  # until somebody says on
    assert any("create complete  Table" in line for line in said)
    again: list[str] = []
    assert deploy(own_cloud, STAGE, progress=again.append).sending == "off"
    assert "stack: nothing to change" in again
    assert "Table" not in " ".join(again)

    assert switch_sending(own_cloud, STAGE.stack_name, "on", silent).sending == "on"
    assert deploy(own_cloud, STAGE, progress=silent).sending == "on"  # a deploy leaves the switch alone
    assert variables(own_cloud, "Delivery")["SENDING"] == "on"

    own_cloud.client("dynamodb").put_item(
        TableName=deployed.table_name, Item={"pk": {"S": "kept"}, "sk": {"S": "kept"}}
    )
    own_cloud.client("s3").put_object(Bucket=deployed.bucket_name, Key="bodies/kept", Body=b"kept")
    key = keys(own_cloud)["keys"]["a"]

    destroy(own_cloud, STAGE, delete_data=False, progress=silent)
    assert stacks.find(own_cloud, STAGE.stack_name) is None
    with pytest.raises(Trouble, match="not deployed"):
        status(own_cloud, STAGE)

    found = deploy_local(own_cloud, progress=silent)
    item = own_cloud.client("dynamodb").get_item(
        TableName=found.table_name, Key={"pk": {"S": "kept"}, "sk": {"S": "kept"}}
    )
    assert "Item" in item
    assert own_cloud.client("s3").get_object(Bucket=found.bucket_name, Key="bodies/kept")["Body"].read() == b"kept"
    assert keys(own_cloud)["keys"]["a"] == key

    destroy(own_cloud, STAGE, delete_data=True, progress=silent)
    assert own_cloud.client("dynamodb").list_tables()["TableNames"] == []
    assert found.bucket_name not in [b["Name"] for b in own_cloud.client("s3").list_buckets()["Buckets"]]
    assert own_cloud.client("ssm").get_parameters(Names=[STAGE.keys_parameter])["Parameters"] == []


def test_dead_letters_go_back_where_they_came_from(cloud: LocalCloud, stack: stacks.Stack) -> None:
    sqs, queues = cloud.client("sqs"), stack.queues()
    pause_consumer(cloud, "Delivery")
    attributes = {"kind": {"DataType": "String", "StringValue": "notice"}}
    for number in range(12):
        sqs.send_message(
            QueueUrl=queues["OutreachDeadLetters"],
            MessageBody=f"letter {number}",
            MessageAttributes=attributes,
        )
    assert "look at these" in status(cloud, STAGE)

    assert redrive(cloud, stack, "OutreachDeadLetters", silent) == 12

    waiting = {depth.name: depth.waiting for depth in depths(cloud, stack)}
    assert (waiting["OutreachDeadLetters"], waiting["OutreachQueue"]) == (0, 12)
    received = sqs.receive_message(QueueUrl=queues["OutreachQueue"], MessageAttributeNames=["All"])["Messages"]
    assert received[0]["MessageAttributes"]["kind"]["StringValue"] == "notice"
    sqs.purge_queue(QueueUrl=queues["OutreachQueue"])


def test_a_queue_one_cannot_redrive_says_why(cloud: LocalCloud, stack: stacks.Stack) -> None:
    with pytest.raises(Trouble, match="the next tick does the same"):
        redrive(cloud, stack, "ScheduleDeadLetters", silent)
    with pytest.raises(Trouble, match="no queue Post"):
        redrive(cloud, stack, "Post", silent)


def test_what_the_emulator_ignores_in_the_template_is_there_all_the_same(
    cloud: LocalCloud, stack: stacks.Stack
) -> None:
    dynamodb = cloud.client("dynamodb")
    ttl = dynamodb.describe_time_to_live(TableName=stack.table_name)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=stack.table_name)["ContinuousBackupsDescription"]

    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires_at")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.parametrize(("path", "code"), [("/v1/customers/nobody", 401), ("/nowhere", 404)])
def test_the_gateway_itself_answers_with_problem_details(stack: stacks.Stack, path: str, code: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(stack.api_url + path)

    assert answer.value.code == code
    assert answer.value.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.value.read())["status"] == code
    answer.value.close()


def test_a_template_cloudformation_refuses_is_said_in_one_line(cloud: LocalCloud) -> None:
    url = template(cloud, {"Resources": {"Thing": {"Type": "AWS::No::Such"}}})

    with pytest.raises(Exception, match="AWS::No::Such") as refused:
        stacks.apply(cloud, "broken", url, {}, silent)

    assert "\n" not in str(refused.value)


def test_a_stack_that_fails_names_the_first_cause_and_the_next_try_starts_over(cloud: LocalCloud) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "fine"}}
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    late = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"},
    }
    url = template(cloud, {"Resources": {"Good": queue, "Handle": handle, "Late": late}})

    with pytest.raises(Trouble, match=r"half is ROLLBACK_COMPLETE: Late: .*time") as trouble:
        stacks.apply(cloud, "half", url, {}, silent)
    assert "\n" not in str(trouble.value)

    made = stacks.apply(cloud, "half", template(cloud, {"Resources": {"Good": queue}}), {}, silent)

    assert made.status == "CREATE_COMPLETE"


def test_keys_are_made_once_and_turned_over_keeping_the_old(cloud: LocalCloud, stack: stacks.Stack) -> None:
    before = keys(cloud)
    assert before["current"] in before["keys"]
    assert all(len(bytes.fromhex(key)) == 32 for key in before["keys"].values())

    now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert "made known" in rotate_keys(cloud, STAGE, now)
    known = keys(cloud)
    with pytest.raises(Trouble, match="after 12:10 UTC"):
        rotate_keys(cloud, STAGE, now + timedelta(minutes=9))
    assert "signing with" in rotate_keys(cloud, STAGE, now + timedelta(minutes=10))

    after = keys(cloud)
    assert known["current"] == before["current"]
    assert after["current"] not in before["keys"]
    assert known["keys"] == after["keys"]
    assert after["keys"].items() >= before["keys"].items()
    with pytest.raises(Trouble, match="deploy the stage first"):
        rotate_keys(cloud, local_stage("other"))


def test_an_active_rule_set_of_ours_steps_down_and_one_with_guests_does_not(cloud: LocalCloud) -> None:
    ses = cloud.client("ses")
    rule = {"Name": "liana-prod", "Enabled": True, "Actions": []}
    assert receiving.active_rule_set(cloud) == ""
    ses.create_receipt_rule_set(RuleSetName="liana-prod")
    ses.create_receipt_rule(RuleSetName="liana-prod", Rule=rule)
    receiving.activate(cloud, "liana-prod")
    assert receiving.active_rule_set(cloud) == "liana-prod"

    ses.create_receipt_rule(RuleSetName="liana-prod", Rule=rule | {"Name": "guest"})
    with pytest.raises(Trouble, match="guest"):
        receiving.step_down(cloud, "liana-prod")

    ses.delete_receipt_rule(RuleSetName="liana-prod", RuleName="guest")
    receiving.step_down(cloud, "liana-prod")
    assert receiving.active_rule_set(cloud) == ""


def keys(cloud: LocalCloud) -> dict[str, dict[str, str]]:
    found = cloud.client("ssm").get_parameter(Name=STAGE.keys_parameter, WithDecryption=True)["Parameter"]
    assert found["Type"] == "SecureString"
    value: dict[str, dict[str, str]] = json.loads(found["Value"])
    return value


def physical(cloud: LocalCloud, logical: str) -> str:
    found = cloud.client("cloudformation").describe_stack_resource(
        StackName=STAGE.stack_name, LogicalResourceId=logical
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def variables(cloud: LocalCloud, function: str) -> dict[str, str]:
    found = cloud.client("lambda").get_function_configuration(FunctionName=physical(cloud, function))
    given: dict[str, str] = found["Environment"]["Variables"]
    return given


def pause_consumer(cloud: LocalCloud, function: str) -> None:
    found = cloud.client("lambda").list_event_source_mappings(FunctionName=physical(cloud, function))
    (mapping,) = found["EventSourceMappings"]
    cloud.client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def template(cloud: LocalCloud, body: dict[str, object], folder: Path = Path("templates")) -> str:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=folder.name)
    s3.put_object(Bucket=folder.name, Key="t.json", Body=json.dumps(body).encode())
    return f"{cloud.endpoint}/{folder.name}/t.json"
