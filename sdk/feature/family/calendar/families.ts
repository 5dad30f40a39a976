import type { FeatureFamily } from '../../feature.ts'
import { newYorkTime } from './new-york.ts'
import { timeOfWeek } from './time-of-week.ts'

export const calendarFamilies: readonly FeatureFamily[] = [...timeOfWeek, ...newYorkTime]
