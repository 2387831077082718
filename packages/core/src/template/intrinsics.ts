/** CloudFormation's intrinsic functions, as plain objects. */

/** `Ref`: a parameter's value or a resource's physical id. */
export const ref = (name: string): { Ref: string } => ({ Ref: name });
/** `Fn::GetAtt`: an attribute of a resource. */
export const getAtt = (name: string, attribute: string): { 'Fn::GetAtt': [string, string] } => ({
  'Fn::GetAtt': [name, attribute],
});
/** `Fn::Sub`: a text with `${Name}` in it. */
export const sub = (text: string): { 'Fn::Sub': string } => ({ 'Fn::Sub': text });
/** `Fn::If`: one of two values, by a condition of the template. */
export const when = (condition: string, yes: unknown, no: unknown): { 'Fn::If': unknown[] } => ({
  'Fn::If': [condition, yes, no],
});
/** `Fn::Not` of `Fn::Equals` with the empty string: whether a parameter was given. */
export const given = (parameter: string): { 'Fn::Not': unknown[] } => ({
  'Fn::Not': [{ 'Fn::Equals': [ref(parameter), ''] }],
});
