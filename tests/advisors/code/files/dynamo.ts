import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyHandlerV2 } from 'aws-lambda';

const ddb = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE!;

export const handler: APIGatewayProxyHandlerV2 = async (event) => {
  const tenant = event.pathParameters!.tenant;
  const found = await ddb.send(
    new ScanCommand({
      TableName,
      FilterExpression: 'tenantId = :t',
      ExpressionAttributeValues: { ':t': tenant },
    }),
  );
  const counter = await ddb.send(new GetCommand({ TableName, Key: { pk: 'views#' + tenant } }));
  await ddb.send(
    new PutCommand({
      TableName,
      Item: { pk: 'views#' + tenant, views: (counter.Item?.views ?? 0) + 1 },
    }),
  );
  return { statusCode: 200, body: JSON.stringify(found.Items) };
};
