/** The roles of a person in a private room. Each may do what those before it may, and more. */
export const ROLES = ['invited', 'member', 'moderator', 'owner'] as const

export type Role = (typeof ROLES)[number]

export const isRole = (value: unknown): value is Role => ROLES.some((role) => role === value)

/** Whether `role` may do what `least` may. */
export const isAtLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least)

/** Who belongs to a room, and is not only asked to. */
export const belongs = (role: Role | undefined): role is Role => role !== undefined && role !== 'invited'
