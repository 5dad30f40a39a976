import type { FeatureFamily } from '../../feature.ts'
import { timeOfWeek } from './time-of-week.ts'

export const calendarFamilies: readonly FeatureFamily[] = timeOfWeek
