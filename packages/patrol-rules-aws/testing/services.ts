import { criticalServices } from '../lib/iam/criticalServices.ts';

/** The services of which every action is listed: those that policies give most, and those whose loss hurts most. */
export const wholeServices: ReadonlySet<string> = new Set([
  ...criticalServices,
  ...(
    'acm apigateway athena autoscaling backup bedrock cloudfront cloudwatch codebuild codepipeline cognito-identity ' +
    'cognito-idp dynamodb ecr ecs eks elasticache elasticloadbalancing events firehose glue kinesis logs rds redshift ' +
    'route53 sagemaker ses sns sqs sso-directory states wafv2'
  ).split(' '),
]);
