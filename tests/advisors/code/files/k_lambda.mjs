import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const ddb = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event) => {
  const tenant = event.requestContext.authorizer.jwt.claims.tenant;
  const page = await ddb.send(new QueryCommand({
    TableName: process.env.TABLE,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': `T#${tenant}` },
    Limit: 50,
  }));
  await ddb.send(new UpdateCommand({
    TableName: process.env.TABLE,
    Key: { pk: `T#${tenant}`, sk: 'VIEWS' },
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': 1 },
  }));
  return { statusCode: 200, body: JSON.stringify(page.Items) };
};
