export { SPECIAL_FAMILIES } from '../sdk/feature/family/special-families.ts'
