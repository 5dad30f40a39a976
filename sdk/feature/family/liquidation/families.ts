import type { FeatureFamily } from '../../feature.ts'
import { liquidationCascade } from './liquidation-cascade.ts'
import { liquidationFlow } from './liquidation-flow.ts'
import { volatilityCluster } from './volatility-cluster.ts'

export const liquidationFamilies: readonly FeatureFamily[] = [...liquidationFlow, liquidationCascade, volatilityCluster]
