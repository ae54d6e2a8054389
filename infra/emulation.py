"""What MiniStack ignores in the template, done by API after a local deploy. Nothing here runs against AWS.

Each function goes when MiniStack honours the property it stands in for; tests check the effect, not the call.
"""

from typing import Any

from infra.cloud import Cloud
from infra.stack import Stack


def complete(cloud: Cloud, stack: Stack) -> None:
    """Brings the resources to what the stack's template says; needed after every change of the stack."""
    template = cloud.client("cloudformation").get_template(StackName=stack.name, TemplateStage="Original")
    resources = template["TemplateBody"]["Resources"]
    _table(cloud, stack.table_name, resources["Table"]["Properties"])
    _gateway_responses(cloud, stack.outputs["RestAPIId"], resources["RestAPI"]["Properties"])


def _table(cloud: Cloud, name: str, properties: dict[str, Any]) -> None:
    dynamodb = cloud.client("dynamodb")
    described = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if described["TimeToLiveStatus"] != "ENABLED":
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"]
    )


def _gateway_responses(cloud: Cloud, api: str, properties: dict[str, Any]) -> None:
    """The Swagger import drops gateway responses; a deployment takes over those set on the API before it."""
    gateway = cloud.client("apigateway")
    for kind, response in properties["GatewayResponses"].items():
        gateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            **({"statusCode": str(response["StatusCode"])} if "StatusCode" in response else {}),
            responseParameters={
                f"gatewayresponse.header.{name}": value
                for name, value in response["ResponseParameters"]["Headers"].items()
            },
            responseTemplates=response["ResponseTemplates"],
        )
    gateway.create_deployment(restApiId=api, stageName=properties["StageName"])
